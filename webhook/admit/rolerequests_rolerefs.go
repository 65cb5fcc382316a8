package admit

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// roleRefsAreFixed wants every roleRef to say in which namespace its ConfigMap or Secret is. Without one Sveltos looks
// in the namespace of the cluster, and a template can come to mean it: whoever rules there would write what he gets.
// A template in the name is followed; when it looks at labels of the cluster, they choose the roles, which is warned of.
//
// Upstream: libsveltos lib/template, GetReferenceResourceNamespace.
func roleRefsAreFixed(_ *Question, rr, old *policy.RoleRequest) Verdict {
	var all Verdict
	if len(rr.Spec.RoleRefs) == 0 {
		all.Warnings = append(all.Warnings, "spec.roleRefs: is empty, so this gives an account without any rights")
	}
	for i, ref := range rr.Spec.RoleRefs {
		same := old != nil && slices.Contains(old.Spec.RoleRefs, ref)
		v := unless(same, roleRefIsFixed(fmt.Sprintf("spec.roleRefs[%d]", i), ref))
		all.Warnings = append(all.Warnings, v.Warnings...)
		if all.Refusal == nil {
			all.Refusal = v.Refusal
		}
	}
	return all
}

func roleRefIsFixed(field string, ref policy.RoleRef) Verdict {
	const hole = "{{"
	switch {
	case ref.Kind != "ConfigMap" && ref.Kind != "Secret":
		return invalid(field+".kind", "%q is neither ConfigMap nor Secret", ref.Kind)
	case ref.Namespace == "":
		return invalid(field+".namespace", "is required: in the namespace of each cluster its owner could write his own rights")
	case strings.Contains(ref.Namespace, hole):
		return invalid(field+".namespace", "must be no template: it could come to mean a namespace whose owner writes his own rights")
	case !canExist(ref.Namespace, "x"):
		return invalid(field+".namespace", "%q is not the name of a namespace", ref.Namespace)
	case !strings.Contains(ref.Name, hole) && !canExist(ref.Namespace, ref.Name):
		return invalid(field+".name", "%q is not the name of a %s", ref.Name, ref.Kind)
	case strings.Contains(ref.Name, ".Cluster."):
		return warn("%s.name: whoever may write what this template looks at on a cluster chooses the roles there", field)
	}
	return Verdict{}
}

// canExist says whether the API server takes an object of these names.
func canExist(namespace, name string) bool {
	return len(content.IsDNS1123Label(namespace)) == 0 && len(content.IsDNS1123Subdomain(name)) == 0
}
