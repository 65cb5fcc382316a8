package main

import (
	"slices"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// ofAPIServer judges what configures kube-apiserver. That no policy holds such kinds is then no warning.
func (l *linted) ofAPIServer(now time.Time) []finding {
	var found []finding
	for _, d := range l.documents {
		judgements, judged := apiserver.Judge(d.raw, d.at, now)
		if !judged {
			continue
		}
		l.unread = slices.DeleteFunc(l.unread, func(p policy.Problem) bool {
			return !isError(p) && p.Position == d.at && p.Object == d.ref()
		})
		for _, j := range judgements {
			found = append(found, finding{j.Problem, j.Rule})
		}
	}
	return found
}
