package settings

// vmForceReset follows DecodeVMForceResetPolicy: period is above 0 even while
// enable is false, vmMigrationTimeout is not negative and 0 stands for 180.
// The example that Harvester's documentation prints, with "true" as a string,
// is refused by both.
var vmForceReset = setting{
	Info: Info{
		Name:    "vm-force-reset-policy",
		Since:   "1.0",
		Form:    "JSON {enable, period, vmMigrationTimeout}, seconds",
		Default: `{"enable":true,"period":15,"vmMigrationTimeout":180}`,
		Example: `{"enable":true,"period":60}`,
		Doc: "Refused: a period that is missing or not above 0, a negative vmMigrationTimeout, misspelt keys, strings for numbers. " +
			"Warned: a period so short that VMs are reset while a node merely stutters.",
	},
	check: checkVMForceReset,
}

func checkVMForceReset(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	enabled, period, timeout := o.flag("enable"), o.integer("period"), o.integer("vmMigrationTimeout")
	o.restStrict()
	if r.failed() {
		return r
	}
	switch {
	case !o.has("period"):
		r.errorf("/period", "is missing").hintf("it is needed even if enable is false")
	case period <= 0:
		r.errorf("/period", "%d is not above 0", period).hintf("it is needed even if enable is false")
	case enabled && period < 10:
		r.warnf("/period", "%d seconds reset VMs as soon as their node misses one or two heartbeats", period).hintf("15 is Harvester's own")
	}
	if timeout < 0 {
		r.errorf("/vmMigrationTimeout", "%d is less than 0", timeout).hintf("0 stands for 180")
	}
	return r
}
