package render_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// doc is an object of a policy, as YAML would give it.
type doc = map[string]any

func words(text string) []string { return strings.Fields(text) }

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// some are up to so many of the words, and at least one.
func some(r *rand.Rand, from []string, most int) []string {
	list := make([]string, 1+r.IntN(most))
	for i := range list {
		list[i] = pick(r, from)
	}
	return list
}

// The words are few, so that rules and questions meet often.
var (
	ruleVerbs = words("get list create update * * impersonate manage-namespaces updatepsa")
	groups    = append(words("apps management.cattle.io *"), "")
	resources = words("pods pods/log nodes namespaces projects * */log users")
	names     = words("a n0 n1 p0")
	paths     = words("/healthz /logs/* *")
	scopes    = words("n0 n1 n2 n3")
	users     = words("u-0 u-1 u-2 system:serviceaccount:n0:bot system:serviceaccount:cattle-system:rancher system:node:n")
	members   = words("g-0 g-1 system:nodes")
)

func randomRules(r *rand.Rand) []doc {
	rules := make([]doc, 1+r.IntN(3))
	for i := range rules {
		rule := doc{"verbs": some(r, ruleVerbs, 2)}
		if r.IntN(5) > 0 {
			rule["apiGroups"], rule["resources"] = some(r, groups, 2), some(r, resources, 2)
			if r.IntN(3) == 0 {
				rule["resourceNames"] = some(r, names, 2)
			}
		}
		if r.IntN(4) == 0 {
			rule["nonResourceURLs"] = some(r, paths, 2)
		}
		rules[i] = rule
	}
	return rules
}

func rancher(kind, namespace, name string, fields doc) doc {
	fields["apiVersion"], fields["kind"] = "management.cattle.io/v3", kind
	fields["metadata"] = doc{"namespace": namespace, "name": name}
	return fields
}

// randomPolicy is one of tenants of Sveltos and users of Rancher on the cluster c-x.
func randomPolicy(r *rand.Rand) []doc {
	docs := []doc{
		rancher("Project", "c-x", "p0", doc{}), rancher("Project", "c-x", "p1", doc{}),
		{"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "SveltosCluster", "metadata": doc{"namespace": "gke", "name": "x", "labels": doc{"env": "x"}}},
	}
	for i, namespace := range scopes {
		project := fmt.Sprintf("c-%c:p%d", "xxxy"[i], r.IntN(2))
		docs = append(docs, doc{"apiVersion": "v1", "kind": "Namespace", "metadata": doc{"name": namespace, "annotations": doc{"field.cattle.io/projectId": project}}})
	}
	for i := range 5 {
		fields := doc{"context": words("cluster project")[i%2], "rules": randomRules(r)}
		if r.IntN(2) == 0 {
			fields["roleTemplateNames"] = some(r, words("rt0 rt1 rt2 rt3 rt4"), 2)
		}
		docs = append(docs, rancher("RoleTemplate", "", fmt.Sprintf("rt%d", i), fields))
	}
	for i := range 6 {
		docs = append(docs, randomBinding(r, i))
	}
	docs = append(docs, rancher("GlobalRole", "", "gr", doc{"rules": randomRules(r), "inheritedClusterRoles": []string{"rt0"},
		"namespacedRules": doc{pick(r, scopes): randomRules(r)}, "inheritedNamespacedRules": doc{pick(r, scopes): randomRules(r)}}),
		rancher("GlobalRoleBinding", "", "grb", doc{"globalRoleName": "gr", "userName": pick(r, users)}))
	for i := range 2 {
		docs = append(docs, randomRequest(r, i)...)
	}
	return docs
}

func randomBinding(r *rand.Rand, i int) doc {
	fields := doc{"userName": pick(r, users)}
	if r.IntN(3) == 0 {
		fields = doc{"groupPrincipalName": pick(r, members)}
	}
	if r.IntN(2) == 0 {
		fields["clusterName"], fields["roleTemplateName"] = "c-x", pick(r, words("rt0 rt2 rt4"))
		return rancher("ClusterRoleTemplateBinding", "c-x", fmt.Sprintf("b%d", i), fields)
	}
	project := pick(r, words("p0 p1"))
	fields["projectName"], fields["roleTemplateName"] = "c-x:"+project, pick(r, words("rt1 rt3"))
	return rancher("ProjectRoleTemplateBinding", project, fmt.Sprintf("b%d", i), fields)
}

// randomRequest gives a tenant a role of the cluster, and one of a namespace.
func randomRequest(r *rand.Rand, i int) []doc {
	roles := doc{}
	for kind, meta := range map[string]doc{"ClusterRole": {"name": "wide"}, "Role": {"name": "narrow", "namespace": pick(r, scopes)}} {
		text, _ := json.Marshal(doc{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta, "rules": randomRules(r)})
		roles[kind] = string(text)
	}
	source := doc{"namespace": "default", "name": fmt.Sprintf("c%d", i)}
	return []doc{
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": source, "data": roles},
		{"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "RoleRequest", "metadata": doc{"name": fmt.Sprintf("r%d", i)}, "spec": doc{
			"serviceAccountNamespace": "default", "serviceAccountName": fmt.Sprintf("t%d", r.IntN(2)),
			"clusterSelector": doc{"matchLabels": doc{"env": "x"}},
			"roleRefs":        []doc{{"kind": "ConfigMap", "namespace": "default", "name": source["name"]}}}},
	}
}

// everybody is who asks. Nobody among them is at once in a group of people and one whom the authorizers leave to RBAC: of
// such a group RBAC gives to all.
func everybody() []policy.Subject {
	var all []policy.Subject
	for _, user := range append(words("nobody system:serviceaccount:projectsveltos:default--t0 system:serviceaccount:projectsveltos:default--t1"), users...) {
		all = append(all, policy.Subject{Name: user})
	}
	return append(all, policy.Subject{Name: "u-0", Groups: members[:2]}, policy.Subject{Name: "u-9", Groups: members[:1]},
		policy.Subject{Name: "system:node:n", Groups: words("system:nodes")})
}

// randomAsk asks with verbs that Kubernetes or Rancher know there: for others a "*" is not spelled out.
func randomAsk(r *rand.Rand) *policy.Ask {
	if r.IntN(6) == 0 {
		return &policy.Ask{NonResource: true, Verb: pick(r, words("get post impersonate")), Path: pick(r, words("/healthz /logs/a /"))}
	}
	ask := &policy.Ask{Verb: pick(r, words("get list create delete deletecollection impersonate impersonate-on:user-info:get")),
		Group: pick(r, words("apps management.cattle.io")), Namespace: pick(r, scopes)}
	if r.IntN(3) == 0 {
		ask.Group = ""
	}
	if r.IntN(3) == 0 {
		ask.Namespace = ""
	}
	if r.IntN(2) == 0 {
		ask.Name = pick(r, names)
	}
	ask.Resource, ask.Subresource, _ = strings.Cut(pick(r, words("pods pods/log nodes namespaces namespaces projects users namespaces/log")), "/")
	if ask.Resource == "projects" && r.IntN(2) == 0 {
		ask.Group, ask.Verb = "management.cattle.io", pick(r, words("manage-namespaces updatepsa"))
	}
	return ask
}

func compiled(t *testing.T, docs []doc, opts policy.Options) *policy.Snapshot {
	t.Helper()
	objs := &policy.Objects{}
	for _, d := range docs {
		raw, err := json.Marshal(d)
		require.NoError(t, err)
		require.Empty(t, objs.Add(raw, policy.Position{}))
	}
	snap, _ := policy.Compile(objs, opts) // some templates inherit themselves, which is a problem and nothing more
	return snap
}
