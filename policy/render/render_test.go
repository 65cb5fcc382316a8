package render_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apiserver/pkg/authentication/user"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/render"
)

var here = policy.Options{RancherCluster: "c-x", Self: policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "gke", Name: "x"}}

// Whatever the authorizer answers from the policy, RBAC answers from what was rendered of it.
func TestObjectsMeanWhatTheAuthorizerSays(t *testing.T) {
	for _, cluster := range []string{"c-x", policy.LocalCluster} {
		opts := here
		opts.RancherCluster = cluster
		r := rand.New(rand.NewPCG(1, 0))
		allowed, asked := 0, 0
		for range 150 {
			docs := randomPolicy(r)
			snap := compiled(t, docs, opts)
			rbac := read(t, render.Render(cluster, snap.Grants()))
			reasons := map[string]bool{}
			for h := range snap.Grants() {
				reasons["allowed by "+h.Origin()] = true
			}
			for range 30 {
				ask := randomAsk(r)
				for _, who := range everybody() {
					want, reason := decide(t, snap, who, ask)
					if got := rbac.Holds(who, ask); got != want {
						raw, _ := json.Marshal(docs)
						t.Fatalf("the authorizer says %v, RBAC %v: %v %+v\n%s", want, got, who, *ask, raw)
					}
					asked++
					if want {
						require.Contains(t, reasons, reason)
						allowed++
					}
				}
			}
		}
		require.Greater(t, allowed, asked/100, cluster)
		require.Less(t, allowed, asked/2, cluster)
	}
}

func decide(t *testing.T, snap *policy.Snapshot, who policy.Subject, ask *policy.Ask) (allowed bool, reason string) {
	t.Helper()
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	decision, reason, err := authorizer.New(&holder, authorizer.Options{}).Authorize(t.Context(), &k8sauthorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: who.Name, Groups: who.Groups}, Verb: ask.Verb, APIGroup: ask.Group, Resource: ask.Resource,
		Subresource: ask.Subresource, Namespace: ask.Namespace, Name: ask.Name, Path: ask.Path, ResourceRequest: !ask.NonResource})
	require.NoError(t, err)
	return decision == k8sauthorizer.DecisionAllow, reason
}

// read compiles rendered objects, as a cluster would hold them.
func read(t *testing.T, rbac *render.RBAC) *policy.Snapshot {
	t.Helper()
	snap, problems := policy.Compile(objects(t, rbac), policy.Options{})
	require.Empty(t, problems)
	return snap
}

func objects(t *testing.T, rbac *render.RBAC) *policy.Objects {
	t.Helper()
	objs := &policy.Objects{}
	for _, o := range rbac.Objects {
		raw, err := json.Marshal(o)
		require.NoError(t, err)
		require.Empty(t, objs.Add(raw, policy.Position{}))
	}
	return objs
}

func TestOrderOfObjectsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	for range 50 {
		docs := randomPolicy(r)
		before := compiled(t, docs, here)
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		after := compiled(t, docs, here)
		require.Equal(t, slices.Collect(before.Grants()), slices.Collect(after.Grants()))
		require.Equal(t, text(t, render.Render("c-x", before.Grants())), text(t, render.Render("c-x", after.Grants())))
	}
}

func text(t *testing.T, rbac *render.RBAC) string {
	t.Helper()
	raw, err := json.Marshal(rbac)
	require.NoError(t, err)
	return string(raw)
}

// An API server takes every object: names are DNS labels, and each rule is either on resources or on paths.
func TestObjectsAreValid(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for range 50 {
		rbac := render.Render("SveltosCluster:gke/x", compiled(t, randomPolicy(r), here).Grants())
		require.NotEmpty(t, rbac.Objects)
		for _, o := range rbac.Objects {
			require.Empty(t, validation.IsDNS1123Label(o.GetName()))
			require.Equal(t, "SveltosCluster.gke.x", o.GetLabels()[render.Label])
			require.NotEmpty(t, o.GetAnnotations()[render.Origin])
			role, ok := o.(*rbacv1.ClusterRole)
			if !ok {
				continue
			}
			require.NotEmpty(t, role.Rules)
			for _, rule := range role.Rules {
				require.NotEmpty(t, rule.Verbs)
				require.NotContains(t, rule.Verbs, "*")
				require.Equal(t, len(rule.NonResourceURLs) > 0, len(rule.Resources) == 0)
				require.Equal(t, len(rule.NonResourceURLs) > 0, len(rule.APIGroups) == 0)
			}
		}
	}
}

// held yields roles that are written down here.
func held(roles ...policy.HeldRole) iter.Seq[policy.HeldRole] {
	return func(yield func(policy.HeldRole) bool) {
		for _, h := range roles {
			if h.By, h.Role = "Binding", "Role"; !yield(h) {
				return
			}
		}
	}
}

func alice(namespace string, rules ...rbacv1.PolicyRule) policy.HeldRole {
	return policy.HeldRole{Subject: rbacv1.Subject{Kind: "User", APIGroup: rbacv1.GroupName, Name: "alice"}, Namespace: namespace, Rules: rules}
}

func TestWhatRBACCannotSayIsLeftOutAndTold(t *testing.T) {
	pods := rbacv1.PolicyRule{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"pods"}}
	some, nowhere := alice("", pods), alice("No_Namespace", pods)
	some.Only = "objects with a label"
	rbac := render.Render("c-x", held(some, nowhere))
	require.Empty(t, rbac.Objects)
	require.Equal(t, []render.Note{
		{What: "Binding via Role", Why: `is left out, because "No_Namespace" cannot be the name of a namespace`},
		{What: "Binding via Role", Why: "is left out, because RBAC cannot narrow it to objects with a label"},
	}, rbac.Notes)
}

// A star in RBAC would give impersonation, which the policy gives only by its name.
func TestStarsAreSpelledOut(t *testing.T) {
	star := func(group string, more ...string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{Verbs: append([]string{"*"}, more...), APIGroups: []string{group}, Resources: []string{"*"}}
	}
	for _, tc := range []struct {
		rule rbacv1.PolicyRule
		want string
	}{
		{star(""), "create delete deletecollection get list patch update watch"},
		{star("", "impersonate", "use"), "create delete deletecollection get impersonate list patch update use watch"},
		{star("rbac.authorization.k8s.io"), "bind create delete deletecollection escalate get list patch update watch"},
		{star("*"), "approve attest bind create delete deletecollection escalate get list manage-namespaces own patch sign update updatepsa watch"},
		{rbacv1.PolicyRule{Verbs: []string{"*"}, NonResourceURLs: []string{"*"}}, "delete get head options patch post put"},
	} {
		given := slices.Clone(tc.rule.Verbs)
		rbac := render.Render("c-x", held(alice("", tc.rule)))
		require.Equal(t, words(tc.want), rbac.Objects[0].(*rbacv1.ClusterRole).Rules[0].Verbs)
		require.Equal(t, []render.Note{{What: "Role", Why: `has the verb "*", which is spelled out, because in RBAC it would give impersonation`}}, rbac.Notes)
		require.Equal(t, given, tc.rule.Verbs, "the policy stays as it was")
	}
}

func TestClusterNames(t *testing.T) {
	for cluster, want := range map[string]string{
		"local":                                 "local",
		"SveltosCluster:gke/production":         "SveltosCluster.gke.production",
		"Cluster:a/" + strings.Repeat("b", 200): "Cluster.a." + strings.Repeat("b", 36) + "-",
	} {
		label := render.Render(cluster, held()).Cluster
		require.Empty(t, validation.IsValidLabelValue(label))
		require.True(t, strings.HasPrefix(label, want), label)
	}
	long := "Cluster:a/" + strings.Repeat("b", 100)
	require.NotEqual(t, render.Render(long, held()).Cluster, render.Render(long+"c", held()).Cluster)
}

// The objects of different clusters never get in each other's way.
func TestNamesTellClustersApart(t *testing.T) {
	rule := rbacv1.PolicyRule{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"pods"}}
	one, other := render.Render("c-x", held(alice("n", rule))), render.Render("c-y", held(alice("n", rule)))
	for i := range one.Objects {
		require.NotEqual(t, one.Objects[i].GetName(), other.Objects[i].GetName())
	}
}

func TestVanished(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	docs := randomPolicy(r)
	before := render.Render("c-x", compiled(t, docs, here).Grants())
	live := objects(t, before)
	require.Empty(t, before.Vanished(live))

	nothing := render.Render("c-x", held())
	gone := nothing.Vanished(live)
	require.Len(t, gone, len(before.Objects))
	require.Equal(t, "ClusterRole", gone[len(gone)-1].Kind, "bindings go first")
	require.Empty(t, render.Render("c-y", held()).Vanished(live), "of another cluster")
	for _, o := range live.Bindings {
		o.Metadata.Labels = nil
	}
	require.Len(t, nothing.Vanished(live), len(live.Roles), "others' objects stay")
}

// 10,000 users hold four roles, each of two templates, in 100 projects of ten namespaces: the objects are as many as roles times
// namespaces, whoever holds them.
func TestFewObjectsForManyBindings(t *testing.T) {
	docs := []doc{
		rancher("RoleTemplate", "", "view", doc{"context": "project", "rules": []doc{{"verbs": words("get list watch"), "apiGroups": words("kubevirt.io"), "resources": words("virtualmachines")}}}),
	}
	for i := range 4 {
		docs = append(docs, rancher("RoleTemplate", "", fmt.Sprintf("rt%d", i), doc{"context": "project", "roleTemplateNames": words("view"),
			"rules": []doc{{"verbs": words("create delete"), "apiGroups": words("kubevirt.io"), "resources": []string{fmt.Sprintf("things%d", i)}}}}))
	}
	for i := range 1000 {
		docs = append(docs, doc{"apiVersion": "v1", "kind": "Namespace", "metadata": doc{"name": fmt.Sprintf("n%d", i), "annotations": doc{"field.cattle.io/projectId": fmt.Sprintf("c-x:p%d", i%100)}}})
	}
	for i := range 10_000 {
		project := fmt.Sprintf("p%d", i%100)
		docs = append(docs, rancher("ProjectRoleTemplateBinding", project, fmt.Sprintf("b%d", i), doc{"projectName": "c-x:" + project,
			"roleTemplateName": fmt.Sprintf("rt%d", i/100%4), "userName": fmt.Sprintf("u-%d", i)}))
	}
	count := map[string]int{}
	for _, o := range render.Render("c-x", compiled(t, docs, here).Grants()).Objects {
		count[o.GetObjectKind().GroupVersionKind().Kind]++
	}
	require.Equal(t, map[string]int{
		"ClusterRole":        4 + 1 + 100, // of the templates, and for each project that its namespaces may be read
		"ClusterRoleBinding": 100,
		"RoleBinding":        1000 * (4 + 1),
	}, count)
}

// What many hold on the whole cluster is bound in parts that kubectl can apply.
func TestManySubjects(t *testing.T) {
	rules := []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"pods"}}}
	all := func(yield func(policy.HeldRole) bool) {
		for i := range 10_000 {
			if !yield(policy.HeldRole{Subject: rbacv1.Subject{Kind: "User", APIGroup: rbacv1.GroupName, Name: fmt.Sprintf("%0200d", i)}, Rules: rules, By: fmt.Sprint("Binding ", i), Role: "Role"}) {
				return
			}
		}
	}
	list := render.Render("c-x", all).Objects
	require.Len(t, list, 1+20)
	holders := map[string]bool{}
	for _, o := range list[1:] {
		text, err := json.Marshal(o)
		require.NoError(t, err)
		require.Less(t, len(text), 200<<10)
		require.True(t, strings.HasSuffix(o.GetAnnotations()[render.Origin], "\nand 9980 more"))
		for _, s := range o.(*rbacv1.ClusterRoleBinding).Subjects {
			holders[s.Name] = true
		}
	}
	require.Len(t, holders, 10_000)
}
