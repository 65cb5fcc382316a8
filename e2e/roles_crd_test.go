package e2e_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
)

// ourCRDs are those of our own kinds.
var ourCRDs = filepath.Join("..", "api", "crds")

// The CRDs and the deep copies are those that go generate writes.
func TestGeneratedAPIIsCurrent(t *testing.T) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("go generate may have to download controller-gen: run `make test`")
	}
	const copies = "zz_generated.deepcopy.go"
	api := filepath.Join("..", "api", "v1alpha1")
	fresh := filepath.Join(t.TempDir(), "api")
	require.NoError(t, os.CopyFS(filepath.Join(fresh, "v1alpha1"), os.DirFS(api)))
	for _, file := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(fresh), file), text, 0o600))
	}
	generate := exec.CommandContext(t.Context(), "go", "generate", ".")
	generate.Dir = filepath.Join(fresh, "v1alpha1")
	out, err := generate.CombinedOutput()
	require.NoError(t, err, "%s", out)

	compare := func(want, got string) {
		wanted, err := os.ReadFile(want)
		require.NoError(t, err)
		have, err := os.ReadFile(got)
		require.NoError(t, err)
		require.Equal(t, string(wanted), string(have), "run `go generate ./api/...`")
	}
	compare(filepath.Join(fresh, "v1alpha1", copies), filepath.Join(api, copies))
	files, err := os.ReadDir(filepath.Join(fresh, "crds"))
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, f := range files {
		compare(filepath.Join(fresh, "crds", f.Name()), filepath.Join(ourCRDs, f.Name()))
	}
}

// A real API server takes our kinds, and tells what is wrong with an object before any guard is asked.
func TestRoleKinds(t *testing.T) {
	cp := controlplane.ForTest(t, controlplane.Options{CRDPaths: []string{ourCRDs}})
	scheme := runtime.NewScheme()
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	admin, err := client.New(cp.Admin(), client.Options{Scheme: scheme})
	require.NoError(t, err)

	for _, tc := range roleKindCases {
		t.Run(tc.kind+" "+tc.name, func(t *testing.T) {
			obj := object(t, "apiVersion: bailiwick.dev/v1alpha1\nkind: "+tc.kind+"\nmetadata: {name: x}\nspec: "+tc.spec)
			err := admin.Create(t.Context(), obj, client.DryRunAll)
			if tc.refused == "" {
				require.NoError(t, err)
				return
			}
			requireStatus(t, err, http.StatusUnprocessableEntity, tc.refused)
		})
	}

	t.Run("the Go types hold what is stored", func(t *testing.T) {
		role := &v1alpha1.RoleDefinition{ObjectMeta: metav1.ObjectMeta{Name: "operator"}, Spec: v1alpha1.RoleDefinitionSpec{
			Type: v1alpha1.RoleTypeUser, Description: "Operates machines.", ActionGroups: []v1alpha1.ActionGroup{"RUN_VM"},
			ObjectTypes: []v1alpha1.ObjectType{"VirtualMachine"}, ViewsChildren: new(true),
			Rules: []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"services"}, ResourceNames: []string{"web"}}},
		}}
		given := &v1alpha1.RoleAssignment{ObjectMeta: metav1.ObjectMeta{Name: "operators"}, Spec: v1alpha1.RoleAssignmentSpec{
			Subjects: []v1alpha1.Subject{{Kind: v1alpha1.SubjectServiceAccount, Namespace: "default", Name: "foo"}, {Kind: v1alpha1.SubjectEveryone}},
			RoleRef:  v1alpha1.RoleRef{Name: "operator"},
			On:       v1alpha1.ObjectReference{Kind: "VirtualMachine", Cluster: "SveltosCluster:gke/one", Namespace: "shop", Name: "web"},
			Expires:  new(metav1.NewTime(time.Date(2030, 1, 2, 3, 4, 5, 0, time.Local))),
		}}
		center := &v1alpha1.DataCenter{ObjectMeta: metav1.ObjectMeta{Name: "east"}, Spec: v1alpha1.DataCenterSpec{
			ClusterSelector: metav1.LabelSelector{MatchLabels: map[string]string{"site": "east"}}}}
		for _, obj := range []client.Object{role, given, center} {
			sent := obj.DeepCopyObject().(client.Object)
			require.NoError(t, admin.Create(t.Context(), sent))
			stored := obj.DeepCopyObject().(client.Object)
			require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(obj), stored))
			stored.SetManagedFields(nil)
			obj.SetUID(stored.GetUID())
			obj.SetResourceVersion(stored.GetResourceVersion())
			obj.SetGeneration(1)
			obj.SetCreationTimestamp(stored.GetCreationTimestamp())
			require.Equal(t, obj, stored)
		}
	})

	t.Run("a role keeps its type", func(t *testing.T) {
		role := &v1alpha1.RoleDefinition{}
		require.NoError(t, admin.Get(t.Context(), client.ObjectKey{Name: "operator"}, role))
		role.Spec.Type = v1alpha1.RoleTypeAdmin
		requireStatus(t, admin.Update(t.Context(), role), http.StatusUnprocessableEntity,
			`spec.type: Invalid value: "Admin": the type of a role cannot change: make another role`)
	})

	t.Run("status is written apart", func(t *testing.T) {
		given := &v1alpha1.RoleAssignment{}
		require.NoError(t, admin.Get(t.Context(), client.ObjectKey{Name: "operators"}, given))
		given.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: "RoleNotFound",
			Message: "there is no such role", LastTransitionTime: metav1.Now()}}
		require.NoError(t, admin.Status().Update(t.Context(), given))
		require.Len(t, given.Status.Conditions, 1)
	})
}

// roleKindCases are an object of each form that is taken, and at least one for each rule that refuses.
var roleKindCases = []struct{ kind, name, spec, refused string }{
	{"RoleDefinition", "with groups", `{type: User, actionGroups: [RUN_VM, STOP_VM]}`, ""},
	{"RoleDefinition", "with rules", `{type: Admin, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}`, ""},
	{"RoleDefinition", "with nothing", `{type: User}`, "spec: Invalid value: a role must allow something: name actionGroups or rules"},
	{"RoleDefinition", "with empty lists", `{type: User, actionGroups: [], rules: []}`, "a role must allow something"},
	{"RoleDefinition", "without a type", `{actionGroups: [RUN_VM]}`, "spec.type: Required value"},
	{"RoleDefinition", "with an unknown type", `{type: Root, actionGroups: [RUN_VM]}`, `spec.type: Unsupported value: "Root": supported values: "Admin", "User"`},
	{"RoleDefinition", "with what is no group", `{type: User, actionGroups: [run vm]}`, "spec.actionGroups[0]: Invalid value"},
	{"RoleDefinition", "with a group twice", `{type: User, actionGroups: [RUN_VM, RUN_VM]}`, "spec.actionGroups[1]: Duplicate value"},
	{"RoleDefinition", "with an unknown object type", `{type: User, actionGroups: [RUN_VM], objectTypes: [Pod]}`, `spec.objectTypes[0]: Unsupported value: "Pod"`},
	{"RoleDefinition", "with URLs", `{type: User, rules: [{nonResourceURLs: [/metrics], verbs: [get]}]}`, "spec.rules: Invalid value: a rule cannot name nonResourceURLs"},
	{"RoleDefinition", "with a rule about nothing", `{type: User, rules: [{apiGroups: [""], verbs: [get]}]}`, "spec.rules: Invalid value: a rule must name apiGroups, resources and verbs"},
	{"RoleDefinition", "with a rule without verbs", `{type: User, rules: [{apiGroups: [""], resources: [pods], verbs: []}]}`, "a rule must name apiGroups, resources and verbs"},

	{"DataCenter", "with labels", `{clusterSelector: {matchLabels: {site: east}}}`, ""},
	{"DataCenter", "with expressions", `{clusterSelector: {matchExpressions: [{key: site, operator: Exists}]}}`, ""},
	{"DataCenter", "of everything", `{clusterSelector: {}}`, "spec.clusterSelector: Invalid value: an empty selector matches no cluster"},
	{"DataCenter", "without a selector", `{}`, "spec.clusterSelector: Required value"},

	onObject("System", `{kind: System}`, ""),
	onObject("a DataCenter", `{kind: DataCenter, name: east}`, ""),
	onObject("a Cluster of Sveltos", `{kind: Cluster, cluster: "SveltosCluster:gke/one"}`, ""),
	onObject("a Cluster of Cluster API", `{kind: Cluster, cluster: "Cluster:default/c1"}`, ""),
	onObject("a Namespace everywhere", `{kind: Namespace, name: shop}`, ""),
	onObject("a Namespace", `{kind: Namespace, cluster: "SveltosCluster:gke/one", name: shop}`, ""),
	onObject("a Host", `{kind: Host, name: node-1}`, ""),
	onObject("a StorageDomain", `{kind: StorageDomain, name: longhorn}`, ""),
	onObject("a Network", `{kind: Network, name: mgmt}`, ""),
	onObject("a VirtualMachine", `{kind: VirtualMachine, namespace: shop, name: web}`, ""),
	onObject("a VirtualMachinePool", `{kind: VirtualMachinePool, namespace: shop, name: web}`, ""),
	onObject("a Template", `{kind: Template, namespace: shop, name: web}`, ""),
	onObject("a Disk", `{kind: Disk, namespace: shop, name: web}`, ""),
	onObject("a VnicProfile", `{kind: VnicProfile, namespace: shop, name: vlan-7}`, ""),
	onObject("an unknown kind", `{kind: Pod, name: web}`, `spec.object.kind: Unsupported value: "Pod"`),
	onObject("a System with a name", `{kind: System, name: all}`, "spec.object.kind: Forbidden: System is all clusters and takes no names"),
	onObject("a System in a cluster", `{kind: System, cluster: "SveltosCluster:gke/one"}`, "spec.object.kind: Forbidden: System is all clusters"),
	onObject("a System in a namespace", `{kind: System, namespace: shop}`, "spec.object.kind: Forbidden: System is all clusters"),
	onObject("a DataCenter in a cluster", `{kind: DataCenter, name: east, cluster: "SveltosCluster:gke/one"}`, "spec.object.cluster: Forbidden: a DataCenter is in no cluster"),
	onObject("a Cluster without its name", `{kind: Cluster}`, "spec.object.cluster: Required value: name the Cluster as in SveltosCluster:gke/one"),
	onObject("a Cluster by name", `{kind: Cluster, cluster: "SveltosCluster:gke/one", name: one}`, "spec.object.name: Forbidden: a Cluster is named in cluster"),
	onObject("a Cluster in another form", `{kind: Cluster, cluster: gke/one}`, `spec.object.cluster: Invalid value: "gke/one": a cluster is named KIND:NAMESPACE/NAME`),
	onObject("a cluster of another kind", `{kind: Host, name: node-1, cluster: "Machine:gke/one"}`, `spec.object.cluster: Invalid value: "Machine:gke/one": a cluster is named KIND:NAMESPACE/NAME`),
	onObject("a Host without its name", `{kind: Host}`, "spec.object.name: Required value: name the object"),
	onObject("a Host in a namespace", `{kind: Host, name: node-1, namespace: shop}`, "spec.object.namespace: Forbidden: an object of this kind is in no namespace"),
	onObject("a VirtualMachine without namespace", `{kind: VirtualMachine, name: web}`, "spec.object.namespace: Required value: name the namespace of the object"),
	onObject("a Disk without its name", `{kind: Disk, namespace: shop}`, "spec.object.name: Required value: name the object"),
	onObject("an empty name", `{kind: Host, name: ""}`, "spec.object.name: Invalid value"),

	toSubject("a user", `{kind: User, name: alice}`, ""),
	toSubject("a group", `{kind: Group, name: operators}`, ""),
	toSubject("a ServiceAccount", `{kind: ServiceAccount, namespace: default, name: foo}`, ""),
	toSubject("everyone", `{kind: Everyone}`, ""),
	toSubject("an unknown kind", `{kind: Robot, name: r2}`, `spec.subjects[0].kind: Unsupported value: "Robot"`),
	toSubject("everyone by name", `{kind: Everyone, name: all}`, "spec.subjects[0].name: Forbidden: Everyone has neither name nor namespace"),
	toSubject("everyone of a namespace", `{kind: Everyone, namespace: default}`, "Everyone has neither name nor namespace"),
	toSubject("a user without a name", `{kind: User}`, "spec.subjects[0].name: Required value: a User, Group or ServiceAccount must have a name"),
	toSubject("a user of a namespace", `{kind: User, name: alice, namespace: default}`, "spec.subjects[0].namespace: Forbidden: a User or Group has no namespace"),
	toSubject("a ServiceAccount without namespace", `{kind: ServiceAccount, name: foo}`, "spec.subjects[0].namespace: Required value: a ServiceAccount must have a namespace"),
	{"RoleAssignment", "to nobody", `{subjects: [], roleRef: {name: UserRole}, object: {kind: System}}`, "spec.subjects: Invalid value"},
	{"RoleAssignment", "of no role", `{subjects: [{kind: Everyone}], roleRef: {name: ""}, object: {kind: System}}`, "spec.roleRef.name: Invalid value"},
	{"RoleAssignment", "on nothing", `{subjects: [{kind: Everyone}], roleRef: {name: UserRole}}`, "spec.object: Required value"},
	{"RoleAssignment", "until some day", `{subjects: [{kind: Everyone}], roleRef: {name: UserRole}, object: {kind: System}, expires: tomorrow}`, "spec.expires: Invalid value"},
}

func onObject(name, object, refused string) struct{ kind, name, spec, refused string } {
	return struct{ kind, name, spec, refused string }{"RoleAssignment", "on " + name,
		"{subjects: [{kind: User, name: alice}], roleRef: {name: UserRole}, object: " + object + "}", refused}
}

func toSubject(name, subject, refused string) struct{ kind, name, spec, refused string } {
	return struct{ kind, name, spec, refused string }{"RoleAssignment", "to " + name,
		"{subjects: [" + subject + "], roleRef: {name: UserRole}, object: {kind: System}}", refused}
}
