package policy

import (
	"slices"
	"strings"
)

// IsEssential says whether the cluster could not be run or repaired without this user: administrators
// (system:masters), nodes, and the control plane.
func IsEssential(who Subject) bool {
	return IsControlPlane(who) ||
		slices.Contains(who.Groups, "system:masters") ||
		slices.Contains(who.Groups, "system:nodes") ||
		strings.HasPrefix(who.Name, "system:node:")
}

// IsControlPlane says whether the user is the control plane: one of its own users (system:kube-…, system:apiserver) or
// of its controllers (kube-system accounts), the garbage collector and the namespace controller among them.
func IsControlPlane(who Subject) bool {
	return slices.Contains(who.Groups, "system:serviceaccounts:kube-system") ||
		who.Name == "system:apiserver" ||
		strings.HasPrefix(who.Name, "system:kube-") ||
		strings.HasPrefix(who.Name, "system:serviceaccount:kube-system:")
}
