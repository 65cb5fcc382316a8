package settings

import (
	"math"
	"strconv"
)

// longhornV2 has an update check in Harvester (validateUpdateLonghornV2DataEngine):
// no switching off while a node of Longhorn has a block disk, which is left to
// it. Everything but "true" counts as off there, "TRUE" and "1" included; ours
// takes the two words only.
var longhornV2 = setting{
	Info: Info{
		Name: "longhorn-v2-data-engine-enabled", Since: "1.4", Form: "true or false", Default: `false`, Example: `true`,
		Doc: "Refused: anything but true and false. Not checked: whether disks of the V2 engine are still there when it is switched off.",
	},
	check: func(value string, f Facts) Result {
		r := oneOf(value, "true", "false")
		if value == "false" && f.Settings["longhorn-v2-data-engine-enabled"] == "true" {
			r.unknownf("", "whether a node still has a disk of the V2 engine, in which case Harvester refuses to switch it off")
		}
		return r
	},
}

// longhornHugepage has no validator: everything but "false" counts as on.
var longhornHugepage = setting{
	Info: Info{
		Name: "longhorn-v2-data-engine-hugepage-enabled", Since: "1.9", Form: "true or false", Default: `true`, Example: `false`,
		Doc: "Refused: anything but true and false.",
	},
	check: func(value string, _ Facts) Result { return oneOf(value, "true", "false") },
}

// longhornMemory follows validateLonghornV2DataEngineMemorySize: MiB, even
// because huge pages have 2 MiB. Harvester knows no ceiling, and neither does
// the reservation: ours warns above 64 GiB on each node.
var longhornMemory = setting{
	Info: Info{
		Name: "longhorn-v2-data-engine-memory-size", Since: "1.9", Form: "MiB, even", Default: `2048`, Example: `4096`,
		Doc: "Refused: anything but an even whole number above 0. Warned: more than 65536, which every node has to set aside.",
	},
	check: func(value string, _ Facts) Result {
		r := strictRange(value, 1, math.MaxInt64, "MiB")
		if n, err := strictInt(value); err == nil && !r.failed() {
			switch {
			case n%2 != 0:
				r.errorf("", "%d is odd", n).hintf("huge pages have 2 MiB: write %d", n-1)
			case n > 65536:
				r.warnf("", "%d MiB is what every node has to set aside", n)
			}
		}
		return r
	},
}

// instanceManager follows DecodeLHIMResources and Longhorn's bounds for
// guaranteed-instance-manager-cpu: cpu is empty, or has v1 and v2 as strings of
// 0 to 40 percent. Harvester decodes into maps here, so keys have to match
// exactly. That all volumes are detached is left to it.
var instanceManager = setting{
	Info: Info{
		Name: "instance-manager-resources", Since: "1.8", Form: "JSON {cpu: {v1, v2}}, percentages as strings", Default: `{"cpu":{}}`,
		Example: `{"cpu":{"v1":"15","v2":"20"}}`,
		Doc: "Refused: a missing cpu, only one of v1 and v2, numbers instead of strings, percentages outside 0 to 40. " +
			"Warned: 0, which reserves nothing. Left to Harvester: detached volumes.",
		Keep: true,
	},
	check: checkInstanceManager,
}

func checkInstanceManager(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	o.exact = true
	if !o.spells("cpu") {
		r.errorf("/cpu", "is missing").hintf(`write {"cpu":{}} for the default`)
	}
	cpu := o.object("cpu")
	o.rest()
	if r.failed() || len(cpu.members) == 0 {
		return r
	}
	for _, key := range []string{"v1", "v2"} {
		before := len(r.Errors)
		text := cpu.text(key)
		percent, err := strconv.ParseFloat(text, 64)
		switch {
		case len(r.Errors) > before:
		case !cpu.has(key):
			r.errorf(cpu.at(key), "is missing").hintf("give both v1 and v2, or neither")
		case err != nil || !(percent >= 0 && percent <= 40):
			r.errorf(cpu.at(key), "%s is not a percentage within 0 to 40", show(text)).hintf(`write it like "12"`)
		case percent == 0:
			r.warnf(cpu.at(key), "is 0, which reserves no CPU for the volumes of this engine")
		}
	}
	cpu.rest()
	return r
}
