package policy

import (
	"fmt"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/bailiwick-dev/bailiwick/policy/manifest"
)

// secretType is the only type of Secret that Sveltos reads.
//
// Upstream: libsveltos api/v1beta1 ClusterProfileSecretType.
const secretType = "addons.projectsveltos.io/cluster-profile"

// role is a Role or ClusterRole that a Source holds.
type role struct {
	ref        Ref
	rules      []rbacv1.PolicyRule
	aggregates bool
}

// rolesOf reads the roles in a Source. Sveltos skips everything else it finds there, so that is a warning.
func rolesOf(src *Source, ps *problems) []role {
	if src.Kind == "Secret" && src.Type != secretType {
		ps.add(Error, &src.Object, "type", fmt.Sprintf("Sveltos refuses Secrets of type %q", src.Type), "set type: "+secretType)
		return nil
	}
	keys := slices.Sorted(maps.Keys(src.Data))
	for key := range src.StringData {
		if _, both := src.Data[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var roles []role
	for _, key := range keys {
		path := fmt.Sprintf("data[%s]", key)
		text, err := src.Text(key)
		if err != nil {
			ps.add(Error, &src.Object, path, err.Error(), "")
			continue
		}
		for doc := range manifest.Documents([]byte(text)) {
			r, err := readRole(doc)
			if err != nil {
				ps.add(Error, &src.Object, path, err.Error(), "")
				continue
			}
			roles = append(roles, r)
		}
	}
	return roles
}

func readRole(doc manifest.Document) (role, error) {
	if doc.Err != nil {
		return role{}, doc.Err
	}
	fail := func(format string, args ...any) (role, error) {
		return role{}, fmt.Errorf("line %d: "+format, append([]any{doc.Line}, args...)...)
	}
	var r struct {
		Object
		Rules           []rbacv1.PolicyRule     `json:"rules"`
		AggregationRule *rbacv1.AggregationRule `json:"aggregationRule"`
	}
	if err := Decode(doc.JSON, &r); err != nil {
		return fail("%w", err)
	}
	gv, err := schema.ParseGroupVersion(r.APIVersion)
	isRole := err == nil && gv.Group == rbacv1.GroupName && (r.Kind == "Role" || r.Kind == "ClusterRole")
	switch {
	case !isRole:
		return fail("%q %q is not a Role or ClusterRole of %s", r.APIVersion, r.Kind, rbacv1.SchemeGroupVersion)
	case r.Metadata.Name == "":
		return fail("%s without metadata.name", r.Kind)
	case r.Kind == "Role" && r.Metadata.Namespace == "":
		return fail("Role %q without metadata.namespace", r.Metadata.Name)
	case r.Kind == "ClusterRole":
		r.Metadata.Namespace = ""
	}
	return role{ref: r.Ref(), rules: r.Rules, aggregates: r.AggregationRule != nil}, nil
}
