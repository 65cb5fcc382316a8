package authorizer_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apiserver/pkg/authentication/user"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/e2e/ledger"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

//go:generate go test . -run Ledger$ -update

var update = flag.Bool("update", false, "write the ledger in docs/compatibility.md anew")

const (
	harvester = "c-m-abcdefgh" // the cluster that the ledger is about
	ledgerDir = "testdata/rancher"
)

// Each sentence of the documentation is asked on the cluster that it is about, with the roles in both forms.
func TestTemplatesDoWhatTheLedgerSays(t *testing.T) {
	sections, err := ledger.Read(ledgerDir)
	require.NoError(t, err)
	for _, mode := range ledger.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			for _, s := range sections {
				on := clusters(t, mode, &s)
				for _, c := range s.Cases {
					t.Run(c.ID, func(t *testing.T) {
						for _, ask := range c.Asks {
							require.Equal(t, ask.Want[mode], answer(t, on(ask.Cluster), &ask), ask.String())
						}
					})
				}
			}
		})
	}
}

// clusters compiles the policy of a section for the cluster that is asked.
func clusters(t *testing.T, mode ledger.Mode, s *ledger.Section) func(id string) *policy.Snapshot {
	t.Helper()
	objs, problems, err := load.Paths(strings.NewReader(s.Policy), append(ledger.Policy("..", mode), "-")...)
	require.NoError(t, err)
	require.Empty(t, problems)
	compiled := map[string]*policy.Snapshot{}
	return func(id string) *policy.Snapshot {
		if id == "" {
			id = harvester
		}
		if compiled[id] == nil {
			snap, problems := policy.Compile(objs, policy.Options{RancherCluster: id})
			require.Empty(t, problems)
			compiled[id] = snap
		}
		return compiled[id]
	}
}

func answer(t *testing.T, snap *policy.Snapshot, ask *ledger.Ask) ledger.Answer {
	t.Helper()
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	who := &user.DefaultInfo{Name: ask.User, Groups: ask.Groups}
	decision, reason, err := authorizer.New(&holder, authorizer.Options{}).Authorize(t.Context(), &k8sauthorizer.AttributesRecord{
		User: who, Verb: ask.Verb, APIGroup: ask.Group, Resource: ask.Resource, Subresource: ask.Subresource,
		Namespace: ask.Namespace, Name: ask.Name, ResourceRequest: true})
	require.NoError(t, err)
	byRBAC := snap.Holds(policy.Subject{Name: who.Name, Groups: who.Groups}, &policy.Ask{Verb: ask.Verb, Group: ask.Group,
		Resource: ask.Resource, Subresource: ask.Subresource, Namespace: ask.Namespace, Name: ask.Name})
	switch {
	case decision == k8sauthorizer.DecisionAllow:
		require.Regexp(t, `^allowed by \w+Binding .* via (GlobalRole|RoleTemplate|ClusterRole) `, reason)
		return ledger.Yes
	case byRBAC:
		return ledger.RBAC
	default:
		return ledger.No
	}
}

// Off asks nobody; in shadow RBAC decides, and what it and the templates say by the policy is told, for those only whom
// a binding names.
func TestTemplatesAreRolledOutInSteps(t *testing.T) {
	const bindings = `
apiVersion: management.cattle.io/v3
kind: ClusterRoleTemplateBinding
metadata: {name: crtb, namespace: c-m-abcdefgh}
clusterName: c-m-abcdefgh
roleTemplateName: virt-view-cluster
userName: u-a
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: left-over}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: u-a}, {apiGroup: rbac.authorization.k8s.io, kind: User, name: u-b}]
`
	snap := clusters(t, ledger.Compatible, &ledger.Section{Policy: bindings})("")
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	request := func(who, verb, resource string) *k8sauthorizer.AttributesRecord {
		return &k8sauthorizer.AttributesRecord{User: &user.DefaultInfo{Name: who}, Verb: verb, Resource: resource, Namespace: "team", ResourceRequest: true}
	}
	asks := []*k8sauthorizer.AttributesRecord{
		request("u-a", "get", "pods"), request("u-a", "create", "pods"), request("u-a", "get", "nodes"), request("u-a", "create", "nodes"),
		request("u-b", "get", "pods"), request("u-c", "get", "nodes"),
	}
	for _, c := range []struct {
		rollout  authorizer.Rollout
		allowed  int
		compared []string
	}{
		{"", 2, nil},
		{authorizer.On, 2, nil},
		{authorizer.Off, 0, nil},
		{authorizer.Shadow, 0, []string{"templates true true", "templates true false", "templates false true", "templates false false"}},
	} {
		var compared []string
		authz := authorizer.New(&holder, authorizer.Options{Templates: c.rollout, Compared: func(name string, rbac, granted bool) {
			compared = append(compared, fmt.Sprint(name, " ", rbac, " ", granted))
		}})
		allowed := 0
		for _, ask := range asks {
			decision, _, err := authz.Authorize(t.Context(), ask)
			require.NoError(t, err)
			if decision == k8sauthorizer.DecisionAllow {
				allowed++
			}
		}
		require.Equal(t, c.allowed, allowed, c.rollout)
		require.Equal(t, c.compared, compared, c.rollout)
	}
}

// TestTemplatesHardlyAllocate holds the promise about allocations for all that a server asks.
func TestTemplatesHardlyAllocate(t *testing.T) {
	sections, err := ledger.Read(ledgerDir)
	require.NoError(t, err)
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(clusters(t, ledger.Compatible, &sections[0])(""))
	authz := authorizer.New(&holder, authorizer.Options{})
	for namespace, want := range map[string]k8sauthorizer.Decision{"team": k8sauthorizer.DecisionAllow, "other": k8sauthorizer.DecisionNoOpinion} {
		request := &k8sauthorizer.AttributesRecord{User: &user.DefaultInfo{Name: "u-x", Groups: []string{"system:authenticated", "github_team://1"}},
			Verb: "create", APIGroup: "kubevirt.io", Resource: "virtualmachines", Namespace: namespace, ResourceRequest: true}
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
			decision, _, err := authz.Authorize(context.Background(), request)
			if err != nil || decision != want {
				t.Fatalf("decision %v, error %v", decision, err)
			}
		}), float64(maxAllocs), namespace)
	}
}

// The table in the documentation is written from the cases, so that each stands in it; and what it says is shown
// elsewhere, is.
func TestLedger(t *testing.T) {
	const file, begin, end = "../docs/compatibility.md", "<!-- ledger: go generate ./authorizer -->\n", "<!-- end of ledger -->"
	sections, err := ledger.Read(ledgerDir)
	require.NoError(t, err)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(data), begin)
	require.True(t, ok)
	is, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if want := ledger.Table(sections) + "\n"; *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+want+end+after), 0o600))
	} else {
		require.Equal(t, want, is, "write it anew with: go generate ./authorizer")
	}
	seen := map[string]bool{}
	for _, s := range sections {
		for _, c := range s.Cases {
			require.False(t, seen[c.ID], "%s stands twice", c.ID)
			seen[c.ID] = true
			if c.ShownBy != "" {
				requireTest(t, c.ShownBy)
			}
		}
	}
}

// requireTest checks that there is a test: its folder and its name.
func requireTest(t *testing.T, test string) {
	t.Helper()
	folder, name, ok := strings.Cut(test, " ")
	require.True(t, ok, test)
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.Contains(string(text), "func "+name+"(") {
			return
		}
	}
	require.Fail(t, "no such test", test)
}
