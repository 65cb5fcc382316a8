package policy

import (
	"slices"
	"strings"
)

// IsEssential says whether the cluster could not be run or repaired without this user: administrators
// (system:masters), nodes, the control plane's own users (system:kube-…, system:apiserver) and its controllers
// (kube-system accounts), the garbage collector among them.
func IsEssential(who Subject) bool {
	return slices.Contains(who.Groups, "system:masters") ||
		slices.Contains(who.Groups, "system:nodes") ||
		slices.Contains(who.Groups, "system:serviceaccounts:kube-system") ||
		who.Name == "system:apiserver" ||
		strings.HasPrefix(who.Name, "system:kube-") ||
		strings.HasPrefix(who.Name, "system:node:") ||
		strings.HasPrefix(who.Name, "system:serviceaccount:kube-system:")
}
