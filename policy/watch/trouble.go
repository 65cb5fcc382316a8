package watch

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// trouble is why a stream may be out of date.
type trouble struct {
	cause  string
	since  time.Time
	silent bool // the API server does not answer
	absent bool // it does not serve the kind
	denied bool // it does not let us read it
	firm   bool // and that is no whim
}

// kind tells one sort of trouble from another, whatever the words.
func (t *trouble) kind() [3]bool { return [3]bool{t.silent, t.absent, t.denied} }

// grace is how long a refusal must last to be believed: an API server that starts refuses everybody until it has read
// who may do what.
const grace = 5 * time.Second

func (t *trouble) isFirm() bool { return t != nil && t.firm }

func newTrouble(err error, host string) *trouble {
	t := &trouble{since: time.Now(), denied: apierrors.IsForbidden(err), cause: err.Error()}
	var transport *url.Error
	if errors.As(err, &transport) {
		t.silent = true
		t.cause = host + " does not answer: " + transport.Err.Error() // without the path, which is another for each kind
	}
	return t
}

// stale says what may be out of date, or nothing. It is called with the source locked.
func (st *stream) stale() *trouble {
	t := st.trouble
	switch {
	case t != nil && t.absent && !st.holds():
		return nil // a kind that nobody uses
	case t == nil && st.ending:
		t = &trouble{cause: "the kind is being removed, and its objects stay in force"}
	case t == nil && !st.read:
		t = &trouble{cause: "not read since the start"}
	case t == nil:
		return nil
	}
	if !st.read && !st.cluster.stored.IsZero() {
		t = new(*t)
		t.cause += "; what was stored at " + st.cluster.stored.Format(time.RFC3339) + " is in force"
	}
	return t
}

// holds says whether there are objects of what the stream follows.
func (st *stream) holds() bool {
	for k := range st.objects {
		if st.covers(k) {
			return true
		}
	}
	return false
}

// problem is what to tell of a stream that may not be read.
func (st *stream) problem() (policy.Problem, bool) {
	if !st.trouble.isFirm() {
		return policy.Problem{}, false
	}
	return policy.Problem{
		Severity: policy.Error,
		Object:   policy.Ref{Kind: st.Kind, Namespace: st.namespace, Name: cmp.Or(st.name, "*")},
		Message:  "cannot be read: " + st.trouble.cause,
		Hint:     "allow Bailiwick to get, list and watch it",
	}, true
}

// staleError joins what is out of date, by cause.
func staleError(streams iter.Seq[*stream]) error {
	kinds, since := map[string][]string{}, map[string]time.Time{}
	for st := range streams {
		t := st.stale()
		if t == nil {
			continue
		}
		kinds[t.cause] = append(kinds[t.cause], st.String())
		if first, ok := since[t.cause]; !ok || t.since.Before(first) {
			since[t.cause] = t.since
		}
	}
	var errs []string
	for cause, names := range kinds {
		text := summary(names)
		if !since[cause].IsZero() {
			text += " since " + since[cause].Format(time.RFC3339)
		}
		errs = append(errs, text+": "+cause)
	}
	if errs == nil {
		return nil
	}
	slices.Sort(errs)
	return errors.New(strings.Join(errs, "; "))
}

// summary names the first few.
func summary(names []string) string {
	const few = 3
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more kinds", strings.Join(names[:few], ", "), len(names)-few)
}
