package admit_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	admissionv1 "k8s.io/api/admission/v1"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// guardCase is one write in testdata/<guard>/*.txtar and what becomes of it. Texts are parts of messages.
type guardCase struct {
	As        string         `json:"as"`
	Groups    []string       `json:"groups"`
	Object    map[string]any `json:"object"`
	Old       map[string]any `json:"old"`
	Delete    bool           `json:"delete"`
	Forbidden string         `json:"forbidden"`
	Invalid   string         `json:"invalid"`
	Warns     []string       `json:"warns"`
	// Check is the one that refuses: without it the write passes.
	Check string `json:"check"`
	// Marked is the creator, or nobody, with whose mark the object is stored.
	Marked string `json:"marked"`
	// Stamped is the owner, namespace/name or nobody, whose labels the object is stored with.
	Stamped string `json:"stamped"`
}

// people are short names for users in the cases; who is not among them is called as he is.
var people = map[string]string{
	"foo":                foo,
	"zebra":              zebra,
	"access-manager":     "system:serviceaccount:projectsveltos:access-manager",
	"addon-controller":   controller,
	"classifier-manager": "system:serviceaccount:projectsveltos:classifier-manager",
	"sc-manager":         "system:serviceaccount:projectsveltos:sc-manager",
	"gc":                 "system:serviceaccount:kube-system:generic-garbage-collector",
	"event-manager":      "system:serviceaccount:projectsveltos:event-manager",
	"argocd":             "system:serviceaccount:argocd:argocd-application-controller",
}

var caseOptions = policy.Options{
	PlatformUsers: []string{"root", "limited", "escalator", "binder"}, PlatformGroups: []string{"platform"},
	MaxTokenLifetime: 30 * 24 * time.Hour, SharedProfiles: []string{"shared"}, RancherCluster: policy.LocalCluster,
	ProtectedNamespaces: []string{"vault"}, BreakGlassGroups: []string{"break-glass"},
}

// hierarchyGuards judge by roles that are held on the cluster that is served.
var hierarchyGuards = []string{"virtualmachines", "networks", "disks", "creators"}

// Each archive holds a policy, words that nobody but platform admins may be told, and writes.
func TestGuardCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	said := map[string]bool{} // guard/check that refused or warned of something
	for _, file := range files {
		guard := filepath.Base(filepath.Dir(file))
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		parts := map[string]string{}
		var names []string
		for _, f := range archive.Files {
			parts[f.Name] = string(f.Data)
			if f.Name != "policy.yaml" && f.Name != "secret" {
				names = append(names, f.Name)
			}
		}
		options := caseOptions
		if slices.Contains(hierarchyGuards, guard) {
			options.Self = policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "gke", Name: "here"}
		}
		snapshots := compile(t, commonPolicy(t, guard)+parts["policy.yaml"], options)
		for _, name := range names {
			t.Run(filepath.Join(guard, strings.TrimSuffix(filepath.Base(file), ".txtar"), name), func(t *testing.T) {
				var c guardCase
				require.NoError(t, yaml.UnmarshalStrict([]byte(parts[name]), &c))
				req := c.request(t)
				got := submitRequest(t, snapshots, guard, req)
				c.compare(t, got)
				c.compareOwner(t, got)
				c.compareMark(t, got)
				c.dependsOnItsCheck(t, snapshots, guard, got)
				if !slices.Contains(caseOptions.PlatformUsers, c.As) && !slices.Contains(c.Groups, "platform") && !slices.Contains(c.Groups, "system:masters") {
					requireSilence(t, got, strings.Fields(parts["secret"]))
				}
				for _, check := range guardNamed(t, guard).Checks {
					alone := review(t, &admit.Handler{Guard: admit.Guard{Name: guard, Rules: guardNamed(t, guard).Rules, Checks: []admit.Check{check}}, Snapshots: snapshots}, req)
					if !alone.Allowed || len(alone.Warnings) > 0 {
						said[guard+"/"+check.Name] = true
					}
				}
			})
		}
	}
	for _, guard := range []string{"profiles", "derived", "sets", "clusters", "rolerequests", "policysources", "namespaces", "roletemplates", "bindings", "platform", "roledefinitions", "roleassignments",
		"virtualmachines", "networks", "disks", "creators"} {
		for _, check := range guardNamed(t, guard).Checks {
			require.True(t, said[guard+"/"+check.Name], "no case shows what the check %s/%s is for", guard, check.Name)
		}
	}
}

func (c *guardCase) request(t *testing.T) *admissionv1.AdmissionRequest {
	w := write{user: c.As, groups: c.Groups}
	if user, ok := people[c.As]; ok {
		w.user = user
	}
	text := func(object map[string]any) string {
		if object == nil {
			return ""
		}
		data, err := json.Marshal(asStored(object))
		require.NoError(t, err)
		return string(data)
	}
	w.object, w.old = text(c.Object), text(c.Old)
	if !c.Delete {
		return request(t, w)
	}
	w.object = w.old
	req := request(t, w)
	req.Operation, req.Object.Raw = admissionv1.Delete, nil
	return req
}

// asStored writes the stringData of a Secret into its data, as the API server does before it asks anybody.
func asStored(object map[string]any) map[string]any {
	plain, ok := object["stringData"].(map[string]any)
	if !ok {
		return object
	}
	data := map[string]any{}
	for key, text := range plain {
		data[key] = []byte(text.(string)) // encoded in base64
	}
	stored := maps.Clone(object)
	delete(stored, "stringData")
	stored["data"] = data
	return stored
}

func (c *guardCase) compare(t *testing.T, got answer) {
	if want := c.Forbidden + c.Invalid; want == "" {
		require.Nil(t, got.Refusal)
	} else {
		require.NotNil(t, got.Refusal, "allowed, with warnings %q", got.Warnings)
		require.Contains(t, got.Refusal.Message, want)
		require.Equal(t, c.Invalid != "", got.Refusal.Code == 422)
	}
	require.Len(t, got.Warnings, len(c.Warns), "%q", got.Warnings)
	for i, w := range c.Warns {
		require.Contains(t, got.Warnings[i], w)
	}
}

// requireSilence checks that an answer has none of the words in it.
func requireSilence(t *testing.T, got answer, words []string) {
	told, err := json.Marshal([]any{got.Refusal, got.Warnings})
	require.NoError(t, err)
	for _, word := range words {
		require.NotContains(t, string(told), word)
	}
}
