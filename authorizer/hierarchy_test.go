package authorizer_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/authentication/user"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// noon is when the cases are asked.
var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// The tables of the roles are cases: a policy, and who may do what by it on SveltosCluster:gke/one, or on another cluster
// of the fleet. Whatever it does not grant is left to RBAC.
func TestRolesDoWhatTheirTablesSay(t *testing.T) {
	files, err := filepath.Glob("testdata/ovirt/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			c := roleCase{snapshots: map[string]*policy.Snapshot{}}
			for _, f := range archive.Files {
				switch f.Name {
				case "policy.yaml":
					c.policy = string(f.Data)
				case "problems":
					c.problems = strings.TrimSpace(string(f.Data))
				case "asks":
					c.asks = string(f.Data)
				default:
					t.Fatalf("there is no place for %s", f.Name)
				}
			}
			c.run(t)
		})
	}
}

// An answer takes memory for the question, and for the reason when it is about what somebody made.
func TestHierarchyHardlyAllocates(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/ovirt/5-creators.txtar")
	require.NoError(t, err)
	c := roleCase{policy: string(archive.Files[0].Data), snapshots: map[string]*policy.Snapshot{}}
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(c.on(t, "SveltosCluster:gke/one"))
	authz := authorizer.New(&holder, authorizer.Options{})
	for _, line := range []string{
		"alice,a,b,c,d delete virtualmachines.kubevirt.io mine -n lab => yes",
		"alice,a,b,c,d patch virtualmachines.kubevirt.io other -n lab => no",
		"nobody,a,b,c,d patch virtualmachines.kubevirt.io other -n lab => no",
	} {
		asks, _, err := parseAsks(line)
		require.NoError(t, err)
		require.LessOrEqual(t, testing.AllocsPerRun(1000, func() { _, _, _ = authz.Authorize(t.Context(), &asks[0]) }), float64(maxAllocs), line)
	}
}

// roleCase is one archive.
type roleCase struct {
	policy    string
	problems  string // that the policy is known to have, a line each
	asks      string
	snapshots map[string]*policy.Snapshot // by cluster
}

func (c *roleCase) run(t *testing.T) {
	asked := 0
	for line := range strings.Lines(c.asks) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		asks, want, err := parseAsks(line)
		require.NoError(t, err, line)
		for _, ask := range asks {
			decision, reason := decision(t, c.on(t, ask.cluster), &ask.AttributesRecord)
			require.Equal(t, strings.HasPrefix(want, "yes"), decision == k8sauthorizer.DecisionAllow, "%s\n%s %s/%s: %s", line, ask.Verb, ask.Resource, ask.Subresource, reason)
			require.NotEqual(t, k8sauthorizer.DecisionDeny, decision, line)
			require.Contains(t, reason, strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(want, "yes"), "no")), line)
			asked++
		}
	}
	require.Positive(t, asked)
}

func decision(t *testing.T, snap *policy.Snapshot, a *k8sauthorizer.AttributesRecord) (k8sauthorizer.Decision, string) {
	t.Helper()
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	decision, reason, err := authorizer.New(&holder, authorizer.Options{}).Authorize(t.Context(), a)
	require.NoError(t, err)
	return decision, reason
}

// on compiles the policy for a cluster.
func (c *roleCase) on(t *testing.T, cluster string) *policy.Snapshot {
	t.Helper()
	if snap := c.snapshots[cluster]; snap != nil {
		return snap
	}
	objs, problems, err := load.Paths(strings.NewReader(c.policy), "testdata/ovirt/fleet.yaml", "-")
	require.NoError(t, err)
	opts := policy.Options{Now: noon}
	if cluster != "management" {
		opts.Self, err = policy.ParseClusterRef(cluster)
		require.NoError(t, err)
	}
	snap, more := policy.Compile(objs, opts)
	var lines []string
	for _, p := range append(problems, more...) {
		lines = append(lines, strings.TrimPrefix(p.String(), p.Position.String()+": "))
	}
	require.Equal(t, c.problems, strings.Join(lines, "\n"))
	c.snapshots[cluster] = snap
	return snap
}

// roleAsk is one question.
type roleAsk struct {
	k8sauthorizer.AttributesRecord
	cluster string
}

// parseAsks reads a line: USER[,GROUP…] VERB[,…] RESOURCE[.GROUP][/SUBRESOURCE][,…] [NAME] [-n NAMESPACE] [-l SELECTOR]
// [-c CLUSTER|management] => yes|no [PART OF THE REASON]. It is a question for each verb and resource.
func parseAsks(line string) (asks []roleAsk, want string, err error) {
	question, want, ok := strings.Cut(line, " => ")
	fields := strings.Fields(question)
	if !ok || len(fields) < 3 {
		return nil, "", fmt.Errorf("want WHO VERBS RESOURCES [NAME] [-n NAMESPACE] [-l SELECTOR] [-c CLUSTER] => ANSWER")
	}
	who := strings.Split(fields[0], ",")
	a := roleAsk{cluster: "SveltosCluster:gke/one"}
	a.User = &user.DefaultInfo{Name: who[0], Groups: append(who[1:], user.AllAuthenticated)}
	a.ResourceRequest = true
	for rest := fields[3:]; len(rest) > 0; {
		switch {
		case rest[0] == "-n" && len(rest) > 1:
			a.Namespace, rest = rest[1], rest[2:]
		case rest[0] == "-c" && len(rest) > 1:
			a.cluster, rest = rest[1], rest[2:]
		case rest[0] == "-l" && len(rest) > 1:
			if a.LabelSelectorRequirements, err = labels.ParseToRequirements(rest[1]); err != nil {
				return nil, "", err
			}
			rest = rest[2:]
		case a.Name == "" && !strings.HasPrefix(rest[0], "-"):
			a.Name, rest = rest[0], rest[1:]
		default:
			return nil, "", fmt.Errorf("%q is one word too many", rest[0])
		}
	}
	for _, resource := range strings.Split(fields[2], ",") {
		resource, a.Subresource, _ = strings.Cut(resource, "/")
		a.Resource, a.APIGroup, _ = strings.Cut(resource, ".")
		for _, a.Verb = range strings.Split(fields[1], ",") {
			asks = append(asks, a)
		}
	}
	return asks, want, nil
}
