package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// Owner labels. A profile is deployed with the rights of the tenant that its labels name.
//
// Upstream: libsveltos api/v1beta1 (serviceaccount-*, since v0.9) and addon-controller v0.8 (admin-name).
const (
	LabelAdminName               = "projectsveltos.io/admin-name"
	LabelServiceAccountName      = "projectsveltos.io/serviceaccount-name"
	LabelServiceAccountNamespace = "projectsveltos.io/serviceaccount-namespace"
)

// SveltosAdmin is the account name that Sveltos takes for the administrator of a cluster.
//
// Upstream: libsveltos lib/clusterproxy/cluster_utils.go.
const SveltosAdmin = "kubernetes-admin"

// Tenant is a tenant admin as the management cluster knows him: who he is, and the clusters he was given.
type Tenant struct {
	// Owner is the identity that his profiles carry.
	Owner ServiceAccount
	// Requests are the selectors that RoleRequests give him, ordered by name.
	Requests []GrantedSelector
	// names are the users that are he, on the management cluster. Who merely acts as him is not one of them.
	names []string

	// allowed begins the reason of what he may do on the management cluster. It is built once.
	allowed string
	// byAdmin says that a RoleRequest of the first form names him.
	byAdmin bool
	// own match the objects that carry his owner labels, and no others.
	own []selector.Selector
}

// tenants finds a tenant by who sends a request.
type tenants struct {
	byOwner map[ServiceAccount]*Tenant
	byUser  map[string]*Tenant
	byGroup map[string][]*Tenant
}

func newTenants() tenants {
	return tenants{byOwner: map[ServiceAccount]*Tenant{}, byUser: map[string]*Tenant{}, byGroup: map[string][]*Tenant{}}
}

// Annotations of a RoleRequest that name humans who act as its tenant, as comma lists.
const (
	AnnotationUsers  = "bailiwick.dev/users"
	AnnotationGroups = "bailiwick.dev/groups"
)

// add gives the clusters of a request to its tenant.
func (t *tenants) add(rq *request) {
	granted := GrantedSelector{Origin: rq.object.Ref(), Selector: rq.selector, waiting: rq.object.waiting()}
	given := map[*Tenant]bool{}
	give := func(owner ServiceAccount) *Tenant {
		tenant := t.byOwner[owner]
		if tenant == nil {
			tenant = &Tenant{Owner: owner, allowed: "allowed by " + granted.Origin.String() + ": "}
			t.byOwner[owner] = tenant
		}
		if !given[tenant] {
			given[tenant] = true
			tenant.Requests = append(tenant.Requests, granted)
			tenant.byAdmin = tenant.byAdmin || rq.object.byAdmin()
		}
		return tenant
	}
	for username, owner := range rq.ids.management {
		tenant := give(owner)
		t.byUser[username] = tenant
		if !slices.Contains(tenant.names, username) {
			tenant.names = append(tenant.names, username)
		}
	}
	first := t.byOwner[rq.ids.owners()[0]]
	for _, user := range list(rq.object.Metadata.Annotations[AnnotationUsers]) {
		if t.byUser[user] == nil {
			t.byUser[user] = first
		}
	}
	for _, group := range list(rq.object.Metadata.Annotations[AnnotationGroups]) {
		if !slices.Contains(t.byGroup[group], first) {
			t.byGroup[group] = append(t.byGroup[group], first)
		}
	}
}

// list reads a comma list.
func list(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// Tenant returns the tenant admin that a user of the management cluster acts as, or nil. Who would be several by his
// groups is nobody: nothing says for whom he acts.
func (s *Snapshot) Tenant(who Subject) *Tenant {
	if t := s.tenants.byUser[who.Name]; t != nil {
		return t
	}
	var found *Tenant
	for _, group := range who.Groups {
		for _, t := range s.tenants.byGroup[group] {
			if found != nil && found != t {
				return nil
			}
			found = t
		}
	}
	return found
}

// TenantOf returns the tenant with this identity, or nil.
func (s *Snapshot) TenantOf(owner ServiceAccount) *Tenant { return s.tenants.byOwner[owner] }

// GrantedSelector is the set of clusters that one RoleRequest gives.
type GrantedSelector struct {
	Origin   Ref
	Selector selector.Selector
	waiting  map[ClusterRef]bool
}

// OwnerLabels are the labels that name the tenant, in both forms that Sveltos has used.
func (t *Tenant) OwnerLabels() map[string]string {
	return map[string]string{
		LabelAdminName:               t.Owner.Name,
		LabelServiceAccountName:      t.Owner.Name,
		LabelServiceAccountNamespace: t.Owner.Namespace,
	}
}

// identities are the user names of one tenant: with the owner that his profiles carry on the management cluster, and
// as he appears inside a managed cluster.
type identities struct {
	management map[string]ServiceAccount
	managed    []string
}

// owners are the identities, sorted.
func (i identities) owners() []ServiceAccount {
	owners := slices.SortedFunc(maps.Values(i.management), func(a, b ServiceAccount) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(owners)
}

// identify reads who a RoleRequest grants to. Without an identity that can be used it says why.
func identify(rr *RoleRequest, o Options) (identities, error) {
	spec := &rr.Spec
	switch {
	case spec.ServiceAccountName != "" || spec.ServiceAccountNamespace != "":
		return identifyAccount(ServiceAccount{Namespace: spec.ServiceAccountNamespace, Name: spec.ServiceAccountName}, o)
	case spec.Admin != "":
		return identifyAdmin(spec.Admin, o)
	default:
		return identities{}, fmt.Errorf("names no tenant: set serviceAccountName and serviceAccountNamespace (v1alpha1 up to v0.8: admin)")
	}
}

// identifyAccount is the form of libsveltos v0.9 and later. Inside a managed cluster Sveltos makes an account of its
// own for the tenant, named <namespace>--<name>; two tenants could get the same one, so names with "--" are refused.
func identifyAccount(sa ServiceAccount, o Options) (identities, error) {
	if _, ok := ParseServiceAccount(sa.Username()); !ok {
		return identities{}, fmt.Errorf("serviceAccountNamespace %q and serviceAccountName %q do not name a ServiceAccount", sa.Namespace, sa.Name)
	}
	if strings.Contains(sa.Namespace, "--") || strings.Contains(sa.Name, "--") {
		return identities{}, fmt.Errorf("ServiceAccount %q: with \"--\" in a name, Sveltos' account for it inside clusters could be another tenant's", sa)
	}
	if err := checkOwner(sa); err != nil {
		return identities{}, err
	}
	return identities{
		management: map[string]ServiceAccount{sa.Username(): sa},
		managed:    []string{insideCluster(o.SveltosNamespace, sa).Username()},
	}, nil
}

// insideCluster is the account that Sveltos makes for a tenant in each managed cluster.
//
// Upstream: libsveltos lib/roles.
func insideCluster(sveltosNamespace string, sa ServiceAccount) ServiceAccount {
	return ServiceAccount{Namespace: sveltosNamespace, Name: sa.Namespace + "--" + sa.Name}
}

// identifyAdmin is the form of libsveltos v0.8: the user of that name, or the ServiceAccount of that name in an admin
// namespace.
func identifyAdmin(admin string, o Options) (identities, error) {
	if strings.HasPrefix(admin, "system:") {
		return identities{}, fmt.Errorf("admin %q: names that start with \"system:\" are Kubernetes' own", admin)
	}
	if err := checkOwner(ServiceAccount{Namespace: o.AdminNamespaces[0], Name: admin}); err != nil {
		return identities{}, err
	}
	ids := identities{management: map[string]ServiceAccount{admin: {Namespace: o.AdminNamespaces[0], Name: admin}}}
	for _, ns := range o.AdminNamespaces {
		sa := ServiceAccount{Namespace: ns, Name: admin}
		if _, ok := ParseServiceAccount(sa.Username()); ok {
			ids.management[sa.Username()] = sa
		}
	}
	for username := range ids.management {
		ids.managed = append(ids.managed, username)
	}
	return ids, nil
}

// checkOwner refuses identities that cannot be written into the owner labels, or that mean something else there.
func checkOwner(sa ServiceAccount) error {
	if sa.Name == SveltosAdmin {
		return fmt.Errorf("%q is the name by which Sveltos means the administrator of a cluster, no tenant can have it", SveltosAdmin)
	}
	for _, v := range []string{sa.Namespace, sa.Name} {
		if errs := validation.IsValidLabelValue(v); len(errs) > 0 {
			return fmt.Errorf("%q cannot be written into the owner labels: %s", v, errs[0])
		}
	}
	return nil
}

// byAdmin says whether a RoleRequest names its tenant in the form of the first Sveltos releases.
func (rr *RoleRequest) byAdmin() bool {
	return rr.Spec.ServiceAccountName == "" && rr.Spec.ServiceAccountNamespace == ""
}
