package ovirt

import "strings"

// request is what decides which rules are about a request.
type request struct{ verb, apiGroup, resource, subresource string }

// For lists the requirements of which a request has to meet one; none: no action group allows it. The list is shared and
// must not be changed. Nothing is allocated.
func For(verb, apiGroup, resource, subresource string) []Requirement {
	r := request{verb, apiGroup, resource, subresource}
	if found, ok := requirements[r]; ok {
		return found
	}
	r.resource = "*"
	return requirements[r]
}

// requirements holds the tables by request.
var requirements = func() map[request][]Requirement {
	m := map[request][]Requirement{}
	for _, rules := range [][]Rule{ruleList, readList} {
		for i := range rules {
			rules[i].requests(func(r request) { m[r] = append(m[r], rules[i].Requirement) })
		}
	}
	return m
}()

// requests calls f for each request that the rule allows.
func (r *Rule) requests(f func(request)) {
	for _, verb := range r.Verbs {
		for _, res := range r.Resources {
			resource, subresource, _ := strings.Cut(res, "/")
			f(request{verb, r.APIGroup, resource, subresource})
		}
	}
}
