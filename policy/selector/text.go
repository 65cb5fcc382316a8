package selector

import "strings"

const (
	nothingText    = "<nothing>"
	everythingText = "<everything>"
)

// String returns the canonical text, sorted by key: "env in (a,b),org=foo.io".
// Equal selectors have equal texts, and Parse reads the text back, except for
// "<nothing>" and "<everything>", which have no spelling in Kubernetes.
func (s Selector) String() string {
	switch {
	case !s.satisfiable:
		return nothingText
	case len(s.constraints) == 0:
		return everythingText
	}
	var texts []string
	for _, c := range s.constraints {
		for _, part := range c.parts() {
			texts = append(texts, part.text())
		}
	}
	return strings.Join(texts, ",")
}

// Lacks returns the first requirement of the grant, as text, that s does not
// imply: what somebody would have to add to s to get it inside this grant. It
// returns false when there is none, which is when s is inside the grant. A
// grant that matches nothing is lacked as "<nothing>".
func (s Selector) Lacks(grant Selector) (requirement string, ok bool) {
	if !s.satisfiable {
		return "", false
	}
	if !grant.satisfiable {
		return nothingText, true
	}
	for _, c := range grant.constraints {
		for _, part := range c.parts() {
			if !s.on(c.key).within(&part.domain) {
				return part.text(), true
			}
		}
	}
	return "", false
}

// parts splits a constraint into requirements that Kubernetes has an operator
// for. Only "exists, and is none of these" takes two.
func (c constraint) parts() []constraint {
	if c.except && !c.absent && len(c.values) > 0 {
		return []constraint{
			{c.key, domain{except: true}},
			{c.key, domain{values: c.values, except: true, absent: true}},
		}
	}
	return []constraint{c}
}

// text spells one requirement, a constraint that has a single part.
func (c constraint) text() string {
	switch {
	case len(c.values) == 0 && c.absent:
		return "!" + c.key
	case len(c.values) == 0:
		return c.key
	case len(c.values) == 1 && c.except:
		return c.key + "!=" + c.values[0]
	case len(c.values) == 1:
		return c.key + "=" + c.values[0]
	case c.except:
		return c.key + " notin (" + strings.Join(c.values, ",") + ")"
	default:
		return c.key + " in (" + strings.Join(c.values, ",") + ")"
	}
}
