package settings

import "time"

// RKE2 issues certificates for a year unless told otherwise.
const rke2CertLifetime = 365 * 24 * time.Hour

// maxExpiringInHours is Harvester's own bound, a year less one hour.
const maxExpiringInHours = 365*24 - 1

// autoRotateRKE2Certs follows validateAutoRotateRKE2Certs: expiringInHours is
// 1 to 8759 even while enable is false.
//
// The number means "rotate once the earliest certificate of kube-apiserver has
// less than so many hours left". Values near the lifetime are true again as
// soon as a rotation is done, and rke2-server restarts without end (issue
// 11444). So ours refuses what leaves less than a day between rotations, and
// warns above 60 % of the lifetime. A misspelt enable is refused, because it
// leaves rotation off while looking as if it were on.
var autoRotateRKE2Certs = setting{
	Info: Info{
		Name:    "auto-rotate-rke2-certs",
		Since:   "1.3",
		Form:    "JSON {enable, expiringInHours}",
		Default: `{"enable":false,"expiringInHours":240}`,
		Example: `{"enable":true,"expiringInHours":240}`,
		Doc: "Refused: expiringInHours outside 1 to 8759 or within a day of the certificates' lifetime, misspelt keys. " +
			"Warned: expiringInHours above 60 % of the lifetime or below a day.",
	},
	check: checkAutoRotate,
}

func checkAutoRotate(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	enabled, hours := o.flag("enable"), o.integer("expiringInHours")
	o.restStrict()
	if r.failed() {
		return r
	}
	const path = "/expiringInHours"
	lifetime := f.RKE2CertLifetime
	if lifetime == 0 {
		lifetime = rke2CertLifetime
	}
	issued := int64(lifetime.Hours())
	switch {
	case !o.has("expiringInHours"):
		r.errorf(path, "is missing").hintf("240 leaves ten days")
	case hours < 1 || hours > maxExpiringInHours:
		r.errorf(path, "%d is not within 1 to %d", hours, maxExpiringInHours).hintf("240 leaves ten days")
	case hours > issued-24:
		r.errorf(path, "%d hours are within a day of the %d that new certificates last: rke2-server would restart again and again", hours, issued).
			hintf("240 leaves ten days")
	case hours*5 > issued*3:
		r.warnf(path, "%d of the %d hours that certificates last means that they are rotated every %d days", hours, issued, (issued-hours)/24).
			hintf("240 leaves ten days")
	case hours < 24 && enabled:
		r.warnf(path, "%d hours leave less than a day to repair a rotation that fails", hours).hintf("240 leaves ten days")
	}
	return r
}
