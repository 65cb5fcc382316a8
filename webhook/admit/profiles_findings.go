package admit

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// finding is something wrong at one place of an object.
type finding struct {
	path    string // empty for the whole object
	message string
	// key tells this sin from another at the same place. Default: the message.
	key string
	// invalid is wrong whoever writes it.
	invalid bool
	// harmless is only warned of.
	harmless   bool
	tooComplex bool
}

func (f *finding) String() string {
	if f.path == "" {
		return f.message
	}
	return f.path + ": " + f.message
}

var index = regexp.MustCompile(`\[\d+\]`)

// sin is what stays the same when items are added before it in a list.
func (f *finding) sin() string {
	return index.ReplaceAllString(f.path, "[]") + "\x00" + cmp.Or(f.key, f.message)
}

// find looks for what is wrong in an object, be it the new one or that which it replaces.
type find func(w *profileWrite, object tree) []finding

// forTenants makes a check of what binds tenants, and who writes for them.
func forTenants(look find) func(*Question) Verdict {
	return func(q *Question) Verdict {
		w, err := q.profile()
		if err != nil || w.tenant == nil || w.leaving() {
			return Verdict{} // ownerIsTrue has answered
		}
		return w.judge(look)
	}
}

// judge refuses what is found, except for what an update leaves as it was: that is there already.
func (w *profileWrite) judge(look find) Verdict {
	found := look(w, w.fields)
	if len(found) == 0 {
		return Verdict{}
	}
	var old []string
	if w.oldFields != nil {
		for _, f := range look(w, w.oldFields) {
			old = append(old, f.sin())
		}
	}
	var v Verdict
	var bad []finding
	for _, f := range found {
		switch {
		case f.harmless:
			v.Warnings = append(v.Warnings, f.String())
		case slices.Contains(old, f.sin()):
			v.Warnings = append(v.Warnings, f.String()+unchangedNote)
		default:
			bad = append(bad, f)
		}
	}
	v.Refusal = refusalOf(bad)
	return v
}

// refusalOf is 422 when nobody should write this, and 403 when somebody else may.
func refusalOf(bad []finding) *Refusal {
	if len(bad) == 0 {
		return nil
	}
	var lines []string
	var causes []metav1.StatusCause
	r := &Refusal{Reason: metav1.StatusReasonForbidden}
	for _, f := range bad {
		lines = append(lines, f.String())
		if f.invalid {
			causes = append(causes, metav1.StatusCause{Type: metav1.CauseTypeFieldValueInvalid, Field: f.path, Message: f.message})
		}
		r.TooComplex = r.TooComplex || f.tooComplex
	}
	if len(causes) == len(bad) {
		r.Reason, r.Causes = metav1.StatusReasonInvalid, causes
	}
	r.Message = strings.Join(lines, "; ")
	return r
}
