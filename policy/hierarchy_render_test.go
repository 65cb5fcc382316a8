package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/render"
)

// rendered compiles what is rendered of the grants, as the cluster would hold it.
func rendered(t *testing.T, snap *policy.Snapshot) (rbac *policy.Snapshot, notes []string) {
	t.Helper()
	out := render.Render("c", snap.Grants())
	objs := &policy.Objects{}
	for _, o := range out.Objects {
		raw, err := json.Marshal(o)
		require.NoError(t, err)
		require.Empty(t, objs.Add(raw, policy.Position{}))
	}
	for _, n := range out.Notes {
		notes = append(notes, n.String())
	}
	rbac, problems := policy.Compile(objs, policy.Options{})
	require.Empty(t, problems)
	return rbac, notes
}

// What is rendered of assignments never allows what the authorizer does not, and some of what it does.
func TestRenderedRolesAllowNoMore(t *testing.T) {
	worlds := 200
	if underRace || testing.Short() {
		worlds = 20
	}
	asks := everyAsk()
	allowed, both := 0, 0
	for seed := range worlds {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		w := randomWorld(r)
		snap := w.compile(t)
		rbac, _ := rendered(t, snap)
		for range 500 {
			who, ask := w.randomWho(r), w.randomAsk(r, asks)
			_, want := snap.RoleGrant(who, ask)
			if rbac.Holds(who, ask) {
				require.True(t, want, "seed %d on %q: RBAC allows %v %+v, which is not granted\n%s", seed, w.self, who, *ask, w.text())
				both++
			}
			if want {
				allowed++
			}
		}
	}
	t.Logf("%d allowed, of which %d by RBAC too", allowed, both)
	require.Greater(t, both, allowed/3, "little is rendered")
}

func TestRenderedRoles(t *testing.T) {
	for _, tc := range []struct {
		name, role, object string
		binds              string // in a namespace, or on the whole cluster
		rule               rbacv1.PolicyRule
		note               string
	}{
		{"a machine by its name", "UserRole", `{"kind": "VirtualMachine", "namespace": "a", "name": "web"}`, "a",
			rbacv1.PolicyRule{Verbs: []string{"update"}, APIGroups: []string{"subresources.kubevirt.io"}, ResourceNames: []string{"web"},
				Resources: []string{"virtualmachines/restart", "virtualmachineinstances/softreboot", "virtualmachines/stop", "virtualmachineinstances/pause", "virtualmachineinstances/unpause", "virtualmachines/start", "virtualmachineinstances/reset"}},
			""},
		{"what is in a namespace", "ReadOnlyAdmin", `{"kind": "Namespace", "name": "a"}`, "a",
			rbacv1.PolicyRule{Verbs: []string{"get", "list", "watch"}, APIGroups: []string{"pool.kubevirt.io"}, Resources: []string{"virtualmachinepools"}}, ""},
		{"the namespace by its name", "ReadOnlyAdmin", `{"kind": "Namespace", "name": "a"}`, "",
			rbacv1.PolicyRule{Verbs: []string{"get", "list", "watch"}, APIGroups: []string{""}, Resources: []string{"namespaces"}, ResourceNames: []string{"a"}}, ""},
		{"a storage class", "DiskCreator", `{"kind": "StorageDomain", "name": "fast"}`, "",
			rbacv1.PolicyRule{Verbs: []string{"get"}, APIGroups: []string{"storage.k8s.io"}, Resources: []string{"storageclasses"}, ResourceNames: []string{"fast"}},
			""},
		{"a network attachment", "VnicProfileUser", `{"kind": "VnicProfile", "namespace": "a", "name": "lan"}`, "a",
			rbacv1.PolicyRule{Verbs: []string{"use"}, APIGroups: []string{"k8s.cni.cncf.io"}, Resources: []string{"network-attachment-definitions"}, ResourceNames: []string{"lan"}}, ""},
		{"the cluster", "HostAdmin", `{"kind": "Cluster", "cluster": "SveltosCluster:gke/one"}`, "",
			rbacv1.PolicyRule{Verbs: []string{"delete"}, APIGroups: []string{""}, Resources: []string{"nodes"}},
			`HostAdmin (CONFIGURE_HOST_NETWORK): is left out, because RBAC cannot narrow it to what guards read in the body of a request`},
		{"everything", "SuperUser", `{"kind": "System"}`, "",
			rbacv1.PolicyRule{Verbs: []string{"approve", "attest", "bind", "create", "delete", "deletecollection", "escalate", "get", "list", "manage-namespaces", "own", "patch", "sign", "update", "updatepsa", "watch"},
				APIGroups: []string{"*"}, Resources: []string{"*"}}, ""},
		{"an object that is not known", "UserRole", `{"kind": "VirtualMachine", "namespace": "a", "name": "web", "uid": "1"}`, "", rbacv1.PolicyRule{},
			`UserRole (on a VirtualMachine): is left out, because RBAC cannot narrow it to the object of its uid, which the policy does not hold`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			notes := requireRendered(t, `{"kind": "User", "name": "alice"}`, tc.role, tc.object, tc.binds, tc.rule)
			if tc.note != "" {
				require.Contains(t, notes, tc.note)
			}
		})
	}

	t.Run("everyone", func(t *testing.T) {
		notes := requireRendered(t, `{"kind": "Everyone"}`, "UserRole", `{"kind": "Namespace", "name": "a"}`, "", rbacv1.PolicyRule{})
		require.Contains(t, notes, `RoleAssignment "ra" via UserRole on Namespace "a": is left out, because RBAC cannot narrow it to members that are neither controllers, nodes nor the control plane`)
	})
}

// requireRendered renders one assignment and looks for a rule that is bound in a namespace. An empty rule: there is nothing.
func requireRendered(t *testing.T, subject, role, object, namespace string, want rbacv1.PolicyRule) []string {
	t.Helper()
	objs := &policy.Objects{}
	for _, text := range []string{`{"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "SveltosCluster", "metadata": {"namespace": "gke", "name": "one"}}`,
		`{"apiVersion": "bailiwick.dev/v1alpha1", "kind": "RoleAssignment", "metadata": {"name": "ra"}, "spec": {"roleRef": {"name": "` + role + `"}, "subjects": [` + subject + `], "object": ` + object + `}}`} {
		require.Empty(t, objs.Add([]byte(text), policy.Position{}))
	}
	snap, problems := policy.Compile(objs, onOne)
	require.Empty(t, problems)
	out := render.Render("c", snap.Grants())
	roles, bound := map[string][]rbacv1.PolicyRule{}, map[string]string{}
	for _, o := range out.Objects {
		switch o := o.(type) {
		case *rbacv1.ClusterRole:
			roles[o.Name] = o.Rules
		case *rbacv1.ClusterRoleBinding:
			bound[o.RoleRef.Name] = ""
		case *rbacv1.RoleBinding:
			bound[o.RoleRef.Name] = o.Namespace
		}
	}
	if want.Verbs == nil {
		require.Empty(t, roles)
	} else {
		found := false
		for name, rules := range roles {
			found = found || bound[name] == namespace && slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool { return r.String() == want.String() })
		}
		require.True(t, found, "%v", roles)
	}
	var notes []string
	for _, n := range out.Notes {
		notes = append(notes, n.String())
	}
	return notes
}
