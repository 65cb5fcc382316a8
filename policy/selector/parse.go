package selector

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// Parse reads the string form, such as "org=foo.io,env in (a,b),!x". The empty
// string matches nothing, as in Sveltos.
//
// The grammar is that of labels.Parse, less the comparisons ">" and "<". Text
// that labels.Parse would take for "everything" although it is not empty
// (blanks, or a NUL byte, at which it stops reading) is refused, so that no
// reader of the same string can see more in it than we do.
func Parse(s string) (Selector, error) {
	if s == "" {
		return Selector{}, nil
	}
	if strings.ContainsRune(s, 0) {
		return Selector{}, fmt.Errorf("parsing selector %q: contains a NUL byte", s)
	}
	reqs, err := labels.ParseToRequirements(s)
	if err != nil {
		return Selector{}, fmt.Errorf("parsing selector %q: %w", s, err)
	}
	if len(reqs) == 0 {
		return Selector{}, fmt.Errorf("parsing selector %q: no requirement in it", s)
	}
	parsed, err := FromRequirements(reqs)
	if err != nil {
		return Selector{}, fmt.Errorf("parsing selector %q: %w", s, err)
	}
	return parsed, nil
}

// FromLabelSelector reads the structured form. Nil and a selector without any
// requirement match nothing, as in Sveltos (plain Kubernetes takes the latter
// for everything). Keys, values and operators are checked by apimachinery;
// what it refuses is an error here.
func FromLabelSelector(ls *metav1.LabelSelector) (Selector, error) {
	if ls == nil || len(ls.MatchLabels)+len(ls.MatchExpressions) == 0 {
		return Selector{}, nil
	}
	checked, err := metav1.LabelSelectorAsSelector(ls)
	if err != nil {
		return Selector{}, fmt.Errorf("reading label selector: %w", err)
	}
	reqs, _ := checked.Requirements()
	return FromRequirements(reqs)
}

// FromRequirements reads an AND of requirements, such as a list request
// carries. Unlike the other two forms, no requirement here means EVERYTHING: a
// list without a selector is a list of all objects. A labels.Selector whose
// Requirements are not selectable (labels.Nothing) must not be passed on as an
// empty list.
//
// The requirements must come from labels.NewRequirement, which checks them.
// An operator that has no normal form here, Gt or Lt, is an error.
func FromRequirements(reqs labels.Requirements) (Selector, error) {
	byKey := slices.Clone(reqs)
	slices.SortStableFunc(byKey, func(a, b labels.Requirement) int {
		return strings.Compare(a.Key(), b.Key())
	})
	everything := Selector{satisfiable: true}
	s := everything
	for len(byKey) > 0 {
		key := byKey[0].Key()
		end := 1
		for end < len(byKey) && byKey[end].Key() == key {
			end++
		}
		d, err := conjunction(byKey[:end])
		if err != nil {
			return Selector{}, err
		}
		s.constraints = append(s.constraints, constraint{key, d})
		byKey = byKey[end:]
	}
	if slices.ContainsFunc(s.constraints, func(c constraint) bool { return c.empty() }) {
		return Selector{}, nil
	}
	return s, nil
}

// conjunction joins the requirements of one key. Exclusions are gathered and
// applied once: a long chain of "k!=v" must not cost its square.
func conjunction(reqs labels.Requirements) (domain, error) {
	d := anything
	var excluded []string
	for i := range reqs {
		values := reqs[i].ValuesUnsorted()
		switch op := reqs[i].Operator(); op {
		case selection.In, selection.Equals, selection.DoubleEquals:
			d = d.intersect(domain{values: sorted(values)})
		case selection.NotIn, selection.NotEquals:
			excluded = append(excluded, values...)
		case selection.Exists:
			d = d.intersect(domain{except: true})
		case selection.DoesNotExist:
			d = d.intersect(domain{absent: true})
		default:
			return domain{}, fmt.Errorf("key %q: operator %q is not supported, list the values with In or NotIn", reqs[i].Key(), op)
		}
	}
	return d.intersect(domain{values: sorted(excluded), except: true, absent: true}), nil
}
