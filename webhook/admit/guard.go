// Package admit judges writes: it speaks AdmissionReview and holds the guards.
//
// A guard is a named set of checks on one family of objects; each has a file with its rule in words, and stands in
// the list of guards.go. From that list come the routes, the webhook configurations and the documentation.
package admit

import (
	"fmt"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Guard is a named set of checks on one family of objects.
type Guard struct {
	// Name is the guard's path: POST /mutate/<name>, /validate/<name>.
	Name string
	// Doc says in a sentence what the guard protects.
	Doc string
	// Rules are the writes that it judges, and no others.
	Rules []admissionregv1.RuleWithOperations
	// Mutate changes the object before it is checked. Nil: the guard changes nothing.
	Mutate func(*Question) Verdict
	// Marking says that Mutate only marks what is new, and under which conditions; all have to be true. Whoever makes the
	// object loses nothing but the mark when the server cannot be asked, so nobody waits. Nil: Mutate sees every write.
	Marking []admissionregv1.MatchCondition
	// Checks are asked in order; the first refusal that is enforced is the answer, and warnings add up.
	Checks []Check
	// Narrow limits the writes that its webhooks are told of by what the policy names. Nil: they are told of all.
	Narrow func(*policy.Snapshot) []Narrowing
	// Unblocked are users whose writes pass when the server cannot be asked. Everybody else's wait for it.
	Unblocked []string
}

// Check is one rule of a guard.
type Check struct {
	// Name is what --mode calls it: guard/name.
	Name string
	// Judge is a pure function of the snapshot and the request.
	Judge func(*Question) Verdict
}

// Question is one write, and what is known when it is judged.
type Question struct {
	Snapshot *policy.Snapshot
	Request  *admissionv1.AdmissionRequest
	Who      policy.Subject
	Now      time.Time

	asProfile  *profileWrite // what profile() has read
	unreadable error
}

// updating says whether the write changes an object that exists.
func (q *Question) updating() bool { return q.Request.Operation == admissionv1.Update }

// object names what is written: `ClusterProfile "deploy-kyverno"`.
func (q *Question) object() policy.Ref {
	return policy.Ref{Kind: q.Request.Kind.Kind, Namespace: q.Request.Namespace, Name: q.Request.Name}
}

// decode reads the object and, on an update, the one it replaces.
func decode[T any](q *Question) (object, old *T, err error) {
	object = new(T)
	if err := policy.Decode(q.Request.Object.Raw, object); err != nil {
		return nil, nil, fmt.Errorf("reading the object: %w", err)
	}
	if !q.updating() {
		return object, nil, nil
	}
	old = new(T)
	if err := policy.Decode(q.Request.OldObject.Raw, old); err != nil {
		return nil, nil, fmt.Errorf("reading the old object: %w", err)
	}
	return object, old, nil
}

// judge makes a check of a rule about one kind of object. What is deleted, or is being deleted, is not judged. The old
// object is nil when a new one is made.
func judge[T any, PT interface {
	*T
	Deleting() bool
}](rule func(q *Question, object, old PT) Verdict) func(*Question) Verdict {
	return judgeToTheEnd(func(q *Question, object, old *T) Verdict {
		if PT(object).Deleting() {
			return Verdict{}
		}
		return rule(q, object, old)
	})
}

// judgeToTheEnd is judge for what counts while it is being deleted too, which a finalizer makes as long as somebody wants.
func judgeToTheEnd[T any](rule func(q *Question, object, old *T) Verdict) func(*Question) Verdict {
	return func(q *Question) Verdict {
		if q.deleting() {
			return Verdict{}
		}
		object, old, err := decode[T](q)
		if err != nil {
			return invalid("", "%v", err)
		}
		return rule(q, object, old)
	}
}
