package settings

// setting is one entry of the table: what people are told, and the check.
type setting struct {
	Info
	check func(value string, f Facts) Result
}

// table holds every setting that Harvester declares (pkg/settings/settings.go),
// sorted by name.
var table = []setting{
	httpProxy,
}
