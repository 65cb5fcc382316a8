package admit

import (
	"fmt"
	"slices"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// narrowMachines leaves out those who run virtual machines and write them all the time: they are bound only when they
// write for others, and only when they change what a machine is connected to.
func narrowMachines(snap *policy.Snapshot) []Narrowing {
	const inMachine, inInstance = "?spec.?template.?spec", "?spec"
	connects := func(in string) []admissionregv1.MatchCondition {
		return whereRolesCount(snap, []admissionregv1.MatchCondition{
			{Name: "deputies", Expression: among(policy.Deputies())},
			{Name: "connected", Expression: fmt.Sprintf("oldObject != null && (%s || %s)", differsIn(in, "networks"), differsIn(in, "volumes"))},
		})
	}
	return []Narrowing{
		{Rules: machineRules(), Conditions: whereRolesCount(snap, byUsers)},
		{Name: "deputies", Rules: []admissionregv1.RuleWithOperations{machineWrites}, Conditions: connects(inMachine)},
		{Name: "instances", Rules: []admissionregv1.RuleWithOperations{instanceWrites}, Conditions: connects(inInstance)},
	}
}

// byUsers leaves out administrators, the control plane, and those who run virtual machines.
var byUsers = []admissionregv1.MatchCondition{
	notAsked(),
	{Name: "users", Expression: not(among(policy.MachineControllers()))},
}

// whereRolesCount are conditions that are never true while nobody holds a role of the hierarchy: then nobody needs to
// wait for a server that is down.
func whereRolesCount(snap *policy.Snapshot, conditions []admissionregv1.MatchCondition) []admissionregv1.MatchCondition {
	if snap.GivesRoles() {
		return conditions
	}
	return []admissionregv1.MatchCondition{{Name: "no-roles", Expression: "false"}}
}

// writtenByUsers narrows a guard to those of their writes for which more is true.
func writtenByUsers(rules []admissionregv1.RuleWithOperations, more ...admissionregv1.MatchCondition) func(*policy.Snapshot) []Narrowing {
	return func(snap *policy.Snapshot) []Narrowing {
		return []Narrowing{{Rules: rules, Conditions: whereRolesCount(snap, slices.Concat(byUsers, more))}}
	}
}

// among says whether a write is by one of some users.
func among(users []string) string {
	return fmt.Sprintf("request.userInfo.username in [%s]", strings.Join(celStrings(users), ", "))
}

// differsIn says whether an update changes a list of a machine or its instance.
func differsIn(in, list string) string {
	const path = "%s.%s.?%s.orValue([])"
	return fmt.Sprintf(path+" != "+path, "object", in, list, "oldObject", in, list)
}
