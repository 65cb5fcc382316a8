package settings

import (
	"math"
	"strconv"
)

// The settings of this file are a bare number. Harvester reads most of them
// with StrictAtoi (see strictInt).

// strictRange refuses what is not a plain integer within the bounds.
func strictRange(value string, low, high int64, unit string) (r Result) {
	n, err := strictInt(value)
	switch {
	case err != nil:
		r.errorf("", "%s is not a whole number of %s", show(value), unit).hintf("write digits only, without leading zeros, sign or unit")
	case n < low:
		r.errorf("", "%d is less than %d %s", n, low, unit)
	case n > high:
		r.errorf("", "%d is not within %d to %d %s", n, low, high, unit)
	}
	return r
}

// terminationGrace follows validateDefaultVMTerminationGracePeriodSeconds.
// Zero pulls the plug on every VM that is stopped, which ours warns of.
var terminationGrace = setting{
	Info: Info{
		Name: "default-vm-termination-grace-period-seconds", Since: "1.2", Form: "seconds", Default: `120`, Example: `90`,
		Doc: "Refused: anything but a whole number from 0. Warned: 0, which leaves a VM no time to shut down.",
	},
	check: func(value string, _ Facts) Result {
		r := strictRange(value, 0, math.MaxInt64, "seconds")
		if value == "0" {
			r.warnf("", "0 leaves VMs no time to shut down").hintf("120 is Harvester's own")
		}
		return r
	},
}

// maxTokenMinutes is a hundred years (maxTTLDurationMinutes).
const maxTokenMinutes = 52560000

// kubeconfigTTL follows validateKubeConfigTTLSetting. Zero is the default and
// means for ever, which ours warns of.
var kubeconfigTTL = setting{
	Info: Info{
		Name: "kubeconfig-default-token-ttl-minutes", Since: "1.3", Form: "minutes, 0 to 52560000", Default: `0`, Example: `1440`,
		Doc: "Refused: anything but a whole number from 0 to 52560000. Warned: 0, which means that kubeconfigs never expire.",
	},
	check: func(value string, _ Facts) Result {
		r := strictRange(value, 0, maxTokenMinutes, "minutes")
		if value == "0" {
			r.warnf("", "kubeconfigs never expire").hintf("1440 is a day")
		}
		return r
	},
}

// maxHotplug follows validateMaxHotplugRatio, which takes leading zeros and
// answers 500 for the rest.
var maxHotplug = setting{
	Info: Info{
		Name: "max-hotplug-ratio", Since: "1.6", Form: "whole number, 1 to 20", Default: `4`, Example: `6`,
		Doc: "Refused: anything but a whole number from 1 to 20. Warned: leading zeros.",
	},
	check: func(value string, _ Facts) (r Result) {
		n, err := strconv.ParseUint(value, 10, 32)
		switch {
		case err != nil:
			r.errorf("", "%s is not a whole number", show(value)).hintf("write digits only")
		case n < 1 || n > 20:
			r.errorf("", "%d is not within 1 to 20", n)
		case value != strconv.FormatUint(n, 10):
			r.warnf("", "%s has leading zeros", show(value)).hintf("write %d", n)
		}
		return r
	},
}

// memoryOverhead follows validateAdditionalGuestMemoryOverheadRatio: 0 switches
// it off, otherwise 1 to 10. Harvester's comparisons let NaN through; ours do
// not. Spellings that only programmers know are warned of.
var memoryOverhead = setting{
	Info: Info{
		Name: "additional-guest-memory-overhead-ratio", Since: "1.4", Form: "decimal number, 0 or 1 to 10", Default: `1.5`, Example: `2.5`,
		Doc: "Refused: anything but 0 or a number from 1 to 10, NaN included. Warned: hexadecimal and exponent spellings.",
	},
	check: func(value string, _ Facts) (r Result) {
		ratio, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil || math.IsNaN(ratio):
			r.errorf("", "%s is not a number", show(value)).hintf("write it like 1.5")
		case ratio != 0 && (ratio < 1 || ratio > 10):
			r.errorf("", "%s is neither 0 nor within 1 to 10", plain(value))
		case !isDecimal(value):
			r.warnf("", "%s is an unusual spelling", show(value)).hintf("write %s", strconv.FormatFloat(math.Abs(ratio), 'f', -1, 64))
		}
		return r
	},
}

func isDecimal(s string) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return true
}
