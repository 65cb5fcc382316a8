package apiserver

import (
	"bytes"
	"time"
)

// soon is how long before a CA expires it is warned of.
const soon = 30 * 24 * time.Hour

func badCA(r *registered) []note {
	const renew = "put in the certificate of the CA that signed the webhook's"
	return r.eachBundle(func(ends time.Time, err error) (message, hint string) {
		switch {
		case err != nil:
			return err.Error(), renew
		case !ends.After(r.now):
			return "expired on " + minute(ends), renew
		}
		return "", ""
	})
}

func expiringCA(r *registered) []note {
	return r.eachBundle(func(ends time.Time, err error) (message, hint string) {
		if err != nil || !ends.After(r.now) || ends.After(r.now.Add(soon)) {
			return "", ""
		}
		return "expires on " + minute(ends), "add the next CA to the bundle before the webhook's certificate is signed by it"
	})
}

// eachBundle asks about the CA bundles, when they end or why they cannot be read. Webhooks of one server share theirs:
// it is asked about once. Where there is none something else puts it in, or kube-apiserver trusts the CAs of its machine.
func (r *registered) eachBundle(check func(ends time.Time, err error) (message, hint string)) []note {
	seen := map[string]bool{}
	return r.each(func(h hook) (note, bool) {
		bundle := bytes.TrimSpace(h.ClientConfig.CABundle)
		if len(bundle) == 0 || seen[string(bundle)] {
			return note{}, false
		}
		seen[string(bundle)] = true
		message, hint := check(BundleEnds(bundle))
		return note{".clientConfig.caBundle", message, hint}, message != ""
	})
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
