package admit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// withSpec is a ClusterProfile of foo.
func withSpec(spec string) string {
	return "{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: p, labels: {" + ofFoo + "}}, spec: {" + spec + "}}"
}

func TestTierFloor(t *testing.T) {
	snapshots := compile(t, requests, policy.Options{TierFloor: 200})
	require.Nil(t, submit(t, snapshots, "profiles", write{user: foo, object: withSpec("tier: 200")}).Refusal)
	got := submit(t, snapshots, "profiles", write{user: foo, object: withSpec("tier: 100")})
	require.Equal(t, "spec.tier: 100 is below 200, the lowest that tenants may use", got.Refusal.Message)
}

// Where a tenant may make Sveltos fetch from, with URLs that are allowed and without any.
func TestURLs(t *testing.T) {
	allowed := []string{"https://charts.example/team", "oci://registry.example:5000"}
	const below = `is not below https://charts.example/team or oci://registry.example:5000`
	const inside, nowhere = "leads inside the management cluster", "does not say where it leads"
	for url, want := range map[string]struct{ free, limited string }{
		"https://charts.example/team":                       {"", ""},
		"https://charts.example/team/":                      {"", ""},
		"https://CHARTS.example/team/x":                     {"", ""},
		"oci://registry.example:5000/any/thing":             {"", ""},
		"oci://registry.example:5000/{{ .ClusterName }}":    {"", ""},
		"https://charts.example/team/{{ .ClusterName }}":    {"", below},
		"https://charts.example/team2":                      {"", below},
		"https://charts.example/":                           {"", below},
		"https://charts.example/team/../else":               {"", below},
		"https://charts.example/team/%2e%2e/else":           {"", below},
		"http://charts.example/team":                        {"", below},
		"https://charts.example.evil.org/team":              {"", below},
		"https://charts.example@evil.org/team":              {"", below},
		"https://me@charts.example/team":                    {"", below},
		"https://charts.example:8443/team":                  {"", below},
		"oci://registry.example/any":                        {"", below},
		"https://10.1.2.3/charts":                           {"", below},
		"https://[fd00::1]/charts":                          {"", below},
		"https://localhost/":                                {inside, below},
		"https://LOCALHOST./":                               {inside, below},
		"http://127.0.0.1:8080/":                            {inside, below},
		"http://127.1/":                                     {inside, below},
		"http://2130706433/":                                {inside, below},
		"http://0x7f000001/":                                {inside, below},
		"http://[::1]/":                                     {inside, below},
		"http://[::ffff:127.0.0.1]/":                        {inside, below},
		"http://0.0.0.0/":                                   {inside, below},
		"http://169.254.169.254/latest":                     {inside, below},
		"http://[fe80::1]/":                                 {inside, below},
		"http://[fd00:ec2::254]/":                           {inside, below},
		"http://metadata.google.internal/":                  {inside, below},
		"http://kubernetes/":                                {inside, below},
		"https://kubernetes.default.svc/api":                {inside, below},
		"https://kubernetes.default.svc.cluster.local./api": {inside, below},
		"{{ .URL }}":                                        {nowhere, nowhere},
		"https://{{ .Host }}/x":                             {nowhere, nowhere},
		"https://charts.example{{ .Suffix }}/team":          {"is a template, which could come to lead anywhere", "is a template, which could come to lead anywhere"},
		"charts.example/team":                               {nowhere, nowhere},
		"https:///team":                                     {nowhere, nowhere},
		"https://charts.example/%zz":                        {nowhere, nowhere},
	} {
		quoted, err := json.Marshal(url)
		require.NoError(t, err)
		object := withSpec("policyRefs: [{remoteURL: {url: " + string(quoted) + "}}]")
		for _, tc := range []struct {
			allowed []string
			want    string
		}{{nil, want.free}, {allowed, want.limited}} {
			got := submit(t, compile(t, requests, policy.Options{AllowedURLs: tc.allowed}), "profiles", write{user: foo, object: object})
			if tc.want == "" {
				require.Nil(t, got.Refusal, url)
				continue
			}
			require.NotNil(t, got.Refusal, url)
			require.Equal(t, fmt.Sprintf("spec.policyRefs[0].remoteURL.url: %q %s", url, tc.want), got.Refusal.Message)
		}
	}
}

// A policy of files often holds no RBAC: then nobody can tell what a tenant may read.
func TestReferencesWithoutRBAC(t *testing.T) {
	object := withSpec("policyRefs: [{kind: ConfigMap, namespace: default, name: a}]")
	got := submit(t, profilesOf(t), "profiles", write{user: foo, object: object})
	require.Equal(t, `spec.policyRefs[0]: ConfigMap default/a: the policy holds no RBAC, so nobody can tell whether "default/foo" may get configmaps`, got.Refusal.Message)
	require.Nil(t, submit(t, profilesOf(t), "profiles", write{user: "root", object: object}).Refusal)
}

// Twelve pigeons in eleven holes, one RoleRequest for every two that meet: they always do, and nobody finds the proof.
func TestSelectorThatIsTooComplex(t *testing.T) {
	var docs, holes []string
	for h := range 11 {
		holes = append(holes, fmt.Sprintf("h%d", h))
	}
	pigeons := ""
	for p := range 12 {
		pigeons += fmt.Sprintf("{key: p%d, operator: In, values: [%s]}, ", p, strings.Join(holes, ", "))
		for q := range p {
			for _, h := range holes {
				docs = append(docs, fmt.Sprintf("{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: r-%d-%d-%s}, spec: {serviceAccountNamespace: default, "+
					"serviceAccountName: foo, clusterSelector: {matchLabels: {p%d: %s, p%d: %s}}}}", p, q, h, q, h, p, h))
			}
		}
	}
	snapshots := compile(t, strings.Join(docs, "\n---\n"), policy.Options{})
	req := request(t, write{user: foo, object: profile(ofFoo, "{matchExpressions: ["+pigeons+"]}")})
	var told []admit.Outcome
	h := &admit.Handler{Guard: guardNamed(t, "profiles"), Snapshots: snapshots, Observe: observed(&told)}
	resp := review(t, h, req)
	require.False(t, resp.Allowed)
	require.Contains(t, resp.Result.Message, `is too complex to be compared with your grants: write one that lies inside a single one of them`)
	require.Equal(t, []admit.Outcome{admit.TooComplex}, told)
}

// Another project has a ClusterProfile as well: SIG Multicluster, in its own group.
func TestClusterProfilesOfOthersAreNotJudged(t *testing.T) {
	for _, g := range admit.Guards() {
		for _, rule := range g.Rules {
			require.NotContains(t, rule.APIGroups, "multicluster.x-k8s.io")
		}
	}
	req := request(t, write{user: foo, object: "{apiVersion: multicluster.x-k8s.io/v1alpha1, kind: ClusterProfile, metadata: {name: p}}"})
	w := post(&admit.Handler{Guard: guardNamed(t, "profiles"), Snapshots: profilesOf(t)}, "POST", "application/json", string(reviewOf(t, req)))
	require.Equal(t, 400, w.Code)
}
