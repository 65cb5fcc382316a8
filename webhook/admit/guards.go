package admit

import (
	admissionregv1 "k8s.io/api/admissionregistration/v1"
)

// Guards is every guard, in the order in which people read about them.
func Guards() []Guard {
	return []Guard{
		profiles,
		derived,
		sets,
		clusters,
		roleRequests,
		policySources,
		settingsGuard,
		namespaces,
		roleTemplates,
		bindings,
		platform,
		virtualMachines,
		networks,
		disks,
		creators,
		roleDefinitions,
		roleAssignments,
	}
}

// onWrite is the rule for creating and updating one resource, in whatever version it is written.
func onWrite(group, resource string, scope admissionregv1.ScopeType) admissionregv1.RuleWithOperations {
	return admissionregv1.RuleWithOperations{
		Operations: []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Update},
		Rule: admissionregv1.Rule{
			APIGroups:   []string{group},
			APIVersions: []string{"*"},
			Resources:   []string{resource},
			Scope:       &scope,
		},
	}
}
