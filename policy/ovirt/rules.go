package ovirt

import (
	"iter"
	"strings"
)

// Rule says of one action group which requests it allows.
type Rule struct {
	Requirement
	APIGroup string
	// Resources are resources and resource/subresource, or "*" for all of the API group.
	Resources []string
	// Verbs are RBAC's, and `use`: to refer to the object from another, as a virtual machine does to a network
	// attachment. The API server never asks it, guards do; a plain ClusterRole may hold it.
	Verbs []string
}

// Use is the verb of referring to an object.
const Use = "use"

// RulesOf yields the rules of a set of action groups that are about objects of one type. They say what a role gives as
// RBAC: a Named rule on one object can carry its name; one in a Container is only for who holds the role above; one
// that OnlyBody can tell must not be rendered.
func RulesOf(groups Groups, on ObjectType) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, r := range ruleList {
			if r.On == on && groups.Has(r.Group) && !yield(r) {
				return
			}
		}
	}
}

// Reads yields the rules of what a role lets its holder read of one type of objects: those of ViewObject, ViewChildren
// and ViewInfrastructure.
func Reads(on ObjectType) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, r := range readList {
			if r.On == on && !yield(r) {
				return
			}
		}
	}
}

// row is a line of the tables: words are separated by spaces.
type row struct {
	on        ObjectType
	place     Place
	told      Told
	apiGroup  string
	resources string
	verbs     string
}

func (r row) rule(g ActionGroup) Rule {
	return Rule{
		Requirement: Requirement{Group: g, On: r.on, Place: r.place, Told: r.told},
		APIGroup:    r.apiGroup,
		Resources:   strings.Fields(r.resources),
		Verbs:       strings.Fields(r.verbs),
	}
}

// ruleList and readList are the tables, read once.
var (
	ruleList = list(machineRules[:], templateRules[:], hostRules[:], storageRules[:], networkRules[:], systemRules[:])
	readList = append(list(readRules[:]), readsOfNamed()...)
)

func list(tables ...[][]row) []Rule {
	var rules []Rule
	for _, table := range tables {
		for g, rows := range table {
			for _, r := range rows {
				rules = append(rules, r.rule(ActionGroup(g)))
			}
		}
	}
	return rules
}

// readsOfNamed lets the holder of any role read the object that he holds it on.
func readsOfNamed() []Rule {
	var rules []Rule
	for _, table := range readRules {
		for _, r := range table {
			if r.place == Named && !strings.Contains(r.resources, "/") {
				r.place, r.verbs = Itself, "get"
				rules = append(rules, r.rule(ViewObject))
			}
		}
	}
	return rules
}
