package settings

// overcommit follows validateOvercommitConfig: three percentages of at least
// 100, where a missing one counts as 0. Harvester knows no upper bound. Ours
// warns where the scheduler would promise ten times the memory or disk there
// is, which no cluster can keep.
var overcommit = setting{
	Info: Info{
		Name:    "overcommit-config",
		Since:   "1.0",
		Form:    "JSON {cpu, memory, storage}, percentages",
		Default: `{"cpu":1000,"memory":150,"storage":100}`,
		Example: `{"cpu":400,"memory":120,"storage":110}`,
		Doc: "Refused: a percentage that is missing, below 100, a string or a fraction. " +
			"Warned: memory or storage of 1000 and more, CPU of 10000 and more.",
	},
	check: checkOvercommit,
}

func checkOvercommit(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	for _, limit := range []struct {
		key  string
		high int64
	}{{"cpu", 10000}, {"memory", 1000}, {"storage", 1000}} {
		before := len(r.Errors)
		switch n := o.integer(limit.key); {
		case len(r.Errors) > before:
		case !o.has(limit.key):
			r.errorf("/"+limit.key, "is missing").hintf("100 means no overcommitment")
		case n < 100:
			r.errorf("/"+limit.key, "%d is less than 100", n).hintf("100 means no overcommitment")
		case n >= limit.high:
			r.warnf("/"+limit.key, "%d promises %d times what there is", n, n/100)
		}
	}
	o.restStrict()
	return r
}
