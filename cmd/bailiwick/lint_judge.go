package main

import (
	"maps"
	"slices"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// linted is what a lint is about.
type linted struct {
	objects   *policy.Objects  // those of -f that a policy can hold
	documents []document       // all of them
	unread    []policy.Problem // what is wrong in their texts
	policy    *policy.Objects  // what there is beside them
	doubtful  bool             // parts of that cannot be read

	snapshot *policy.Snapshot // of both
}

// document is one object as it was read.
type document struct {
	at  policy.Position
	raw []byte
}

func (d document) ref() policy.Ref {
	var head policy.Object
	_ = policy.Decode(d.raw, &head) // what cannot be read has no name, and was reported
	return head.Ref()
}

// finding is something wrong, and the rule by which it is.
type finding struct {
	policy.Problem
	rule string
}

// Rules that are no guard's.
const (
	policyRule   = "policy"
	settingsRule = "settings"
)

func byPolicy(problems []policy.Problem) []finding {
	found := make([]finding, len(problems))
	for i, p := range problems {
		found[i] = finding{p, policyRule}
	}
	return found
}

func sortFindings(found []finding) {
	slices.SortStableFunc(found, func(a, b finding) int { return a.Compare(b.Problem) })
}

// judge finds what is wrong in the objects, and what they make wrong, once they join the others or take their places.
func (l *linted) judge(opts policy.Options) []finding {
	before, known := policy.Compile(l.policy, opts)
	l.policy.Replace(l.objects)
	var problems []policy.Problem
	l.snapshot, problems = policy.Compile(l.policy, opts)
	files := map[string]bool{}
	for _, d := range l.documents {
		files[d.at.File] = true
	}
	found := byPolicy(slices.DeleteFunc(problems, func(p policy.Problem) bool {
		judged := files[p.Position.File]
		// Settings that are judged are so below, with all that is to be said of them.
		return !judged && slices.Contains(known, p) || judged && p.Object.Kind == "Setting" && !isError(p)
	}))
	for _, s := range l.objects.Settings {
		facts := l.snapshot.SettingFacts()
		facts.Settings = maps.Clone(facts.Settings)
		facts.Settings[s.Metadata.Name] = before.SettingFacts().Settings[s.Metadata.Name]
		for _, p := range policy.LintSetting(s, facts) {
			found = append(found, finding{p, settingsRule})
		}
	}
	return found
}

// asUser is what the guards would say if a user created the objects. Settings have been judged whoever writes them.
func (l *linted) asUser(who policy.Subject) []finding {
	guards := slices.DeleteFunc(admit.Guards(), func(g admit.Guard) bool { return g.Name == settingsRule })
	var found []finding
	for _, d := range l.documents {
		judgements, err := admit.Create(guards, l.snapshot, who, d.raw, time.Now())
		if err != nil {
			found = append(found, finding{policy.Problem{Severity: policy.Error, Position: d.at, Object: d.ref(), Message: err.Error()}, policyRule})
		}
		for _, j := range judgements {
			found = append(found, byGuard(d, j)...)
		}
	}
	return found
}

// byGuard is what one check of a guard says about an object.
func byGuard(d document, j admit.Judgement) []finding {
	rule := j.Guard
	if j.Check != "" {
		rule += "/" + j.Check
	}
	var found []finding
	say := func(severity policy.Severity, path, message string) {
		found = append(found, finding{policy.Problem{Severity: severity, Position: d.at, Object: d.ref(), Path: path, Message: message}, rule})
	}
	for _, w := range j.Warnings {
		say(policy.Warning, "", w)
	}
	switch {
	case j.Refusal == nil:
	case len(j.Refusal.Causes) == 0:
		say(policy.Error, "", j.Refusal.Message)
	default:
		for _, c := range j.Refusal.Causes {
			say(policy.Error, c.Field, c.Message)
		}
	}
	return found
}
