package admit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestSelectors(t *testing.T) {
	const org, prod = "{matchLabels: {org: foo.io}}", "{matchLabels: {env: production}}"
	const beyond = "reaches beyond your clusters: a cluster %s would match; your grants cover env in (internal,test) or org=foo.io only"
	const unchanged = " (not changed by this write)"
	escapes := func(selector, witness string) string {
		return fmt.Sprintf("spec.clusterSelector: %q "+beyond, selector, witness)
	}
	const noOperator = `"Like" is not a valid label selector operator`
	textual := func(selector string) string {
		return "{apiVersion: config.projectsveltos.io/v1alpha1, kind: ClusterProfile, metadata: {name: p, labels: {" + ofFoo + "}}, spec: {clusterSelector: " + selector + "}}"
	}
	labelled := func(selector string) string { return profile(ofFoo, selector) }
	for name, tc := range map[string]struct {
		old, object string
		refusal     string
		code        int32
		warnings    []string
	}{
		"the selector of a grant":                           {"", labelled(org), "", 0, nil},
		"narrower than a grant":                             {"", labelled("{matchLabels: {org: foo.io, tier: web}}"), "", 0, nil},
		"one value of the two of a grant":                   {"", labelled("{matchExpressions: [{key: env, operator: In, values: [test]}]}"), "", 0, nil},
		"a text, inside":                                    {"", textual(`"org=foo.io,tier!=web"`), "", 0, nil},
		"a text, outside":                                   {"", textual(`"env=production"`), escapes("env=production", "labelled env=production"), 403, nil},
		"another value":                                     {"", labelled("{matchLabels: {org: bar.io}}"), escapes("org=bar.io", "labelled org=bar.io"), 403, nil},
		"another key":                                       {"", labelled(prod), escapes("env=production", "labelled env=production"), 403, nil},
		"wider than a grant":                                {"", labelled("{matchExpressions: [{key: org, operator: Exists}]}"), escapes("org", "labelled org=other"), 403, nil},
		"all but one value":                                 {"", labelled("{matchExpressions: [{key: org, operator: NotIn, values: [bar.io]}]}"), escapes("org!=bar.io", "without labels"), 403, nil},
		"no selector":                                       {"", "{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: p}, spec: {}}", "", 0, nil},
		"an empty selector matches nothing":                 {"", labelled("{}"), "", 0, []string{"spec.clusterSelector: matches no cluster"}},
		"an empty text matches nothing":                     {"", textual(`""`), "", 0, []string{"spec.clusterSelector: matches no cluster"}},
		"a contradiction matches nothing":                   {"", textual(`"org=bar.io,org=foo.io"`), "", 0, []string{"spec.clusterSelector: matches no cluster"}},
		"a list is no selector":                             {"", labelled("[org]"), "spec.clusterSelector: must be a text", 422, nil},
		"an operator that there is not":                     {"", labelled("{matchExpressions: [{key: org, operator: Like, values: [foo]}]}"), noOperator, 422, nil},
		"an update that leaves its old sin as was":          {labelled(prod), profile("tier: web, "+ofFoo, prod), "", 0, []string{escapes("env=production", "labelled env=production") + unchanged}},
		"an update that writes it in another form":          {labelled(prod), textual(`"env=production"`), "", 0, []string{escapes("env=production", "labelled env=production") + unchanged}},
		"an update that sins anew":                          {labelled(prod), labelled("{matchLabels: {env: staging}}"), escapes("env=staging", "labelled env=staging"), 403, nil},
		"an update that narrows the sin":                    {labelled(prod), labelled("{matchLabels: {env: production, a: b}}"), escapes("a=b,env=production", "labelled a=b,env=production"), 403, nil},
		"an update that mends it":                           {labelled(prod), labelled(org), "", 0, nil},
		"an update that leaves what is no selector as was":  {labelled("[org]"), profile("tier: web, "+ofFoo, "[org]"), "", 0, []string{"spec.clusterSelector: must be a text"}},
		"an update to what is no selector in another way":   {labelled("[org]"), textual(`"a b"`), "spec.clusterSelector: ", 422, nil},
		"an update from what is no selector to a wrong one": {labelled("[org]"), labelled(prod), escapes("env=production", "labelled env=production"), 403, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := submit(t, profilesOf(t), "profiles", write{user: foo, old: tc.old, object: tc.object})
			require.Len(t, got.Warnings, len(tc.warnings))
			for i, w := range tc.warnings {
				require.Contains(t, got.Warnings[i], w)
			}
			if tc.code == 0 {
				require.Nil(t, got.Refusal)
				return
			}
			require.NotNil(t, got.Refusal)
			require.Contains(t, got.Refusal.Message, tc.refusal)
			require.Equal(t, tc.code, got.Refusal.Code)
			require.Equal(t, tc.code == 422, got.Refusal.Reason == metav1.StatusReasonInvalid)
			require.Equal(t, tc.code == 422, got.Refusal.Details != nil)
			if tc.code == 422 {
				require.Equal(t, "spec.clusterSelector", got.Refusal.Details.Causes[0].Field)
			}
		})
	}
}

// Both forms of RoleRequest give clusters to both forms of profile.
func TestSelectorsOfTheFirstForm(t *testing.T) {
	snapshots := profilesOf(t)
	first := func(selector string) string {
		return "{apiVersion: config.projectsveltos.io/v1alpha1, kind: ClusterProfile, metadata: {name: p}, spec: {clusterSelector: " + selector + "}}"
	}
	for _, user := range []string{"old", "system:serviceaccount:default:old"} {
		require.Nil(t, submit(t, snapshots, "profiles", write{user: user, object: first(`"team=old,env in (a,b)"`)}).Refusal)
		require.Nil(t, submit(t, snapshots, "profiles", write{user: user, object: profile("", "{matchLabels: {team: old}}")}).Refusal)
		got := submit(t, snapshots, "profiles", write{user: user, object: first(`"team in (old,new)"`)})
		require.NotNil(t, got.Refusal)
		require.Equal(t, `spec.clusterSelector: "team in (new,old)" reaches beyond your clusters: a cluster labelled team=new would match; your grants cover team=old only`, got.Refusal.Message)
	}
}

// The selector binds tenants only.
func TestSelectorsOfOthers(t *testing.T) {
	const everywhere = "{matchExpressions: [{key: env, operator: Exists}]}"
	for _, user := range []string{"root", controller} {
		got := submit(t, profilesOf(t), "profiles", write{user: user, old: profile(ofFoo, inside), object: profile(ofFoo, everywhere)})
		require.Nil(t, got.Refusal)
		require.Empty(t, got.Warnings)
	}
}
