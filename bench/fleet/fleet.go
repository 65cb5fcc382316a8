// Package fleet makes policies of any size for benchmarks: tenants who share one cluster, and other clusters beside it.
//
// The policy is written as YAML and read by policy/load, so that what is measured went the way of a real one.
package fleet

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// Fleet is the size of a policy.
type Fleet struct {
	// Tenants have one RoleRequest and one ConfigMap each, and all of them hold grants on Self.
	Tenants int
	// Namespaces of each tenant; a grant in each. 0 means one.
	Namespaces int
	// Clusters beside Self.
	Clusters int
}

// Self is the cluster that asks.
var Self = policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: fleetNamespace, Name: "shared"}

const (
	fleetNamespace  = "fleet"
	tenantNamespace = "tenants"
)

// Options are those of the server that stands beside Self.
func Options() policy.Options { return policy.Options{Self: Self} }

func tenantName(i int) string { return fmt.Sprintf("tenant-%05d", i) }

// User is the name that tenant i has on Self. Sveltos makes it.
func User(i int) string {
	return "system:serviceaccount:projectsveltos:" + tenantNamespace + "--" + tenantName(i)
}

// Namespace is the n-th namespace of tenant i, where he may do anything with pods, deployments and the like.
func Namespace(i, n int) string { return fmt.Sprintf("%s-%05d", tenantName(i), n) }

// Grants counts the rules that the tenants hold on Self.
func (f Fleet) Grants() int { return f.Tenants * max(1, f.Namespaces) }

// Objects counts the objects of the policy.
func (f Fleet) Objects() int { return 2*f.Tenants + 1 + f.Clusters }

// Read returns the objects.
func (f Fleet) Read() (*policy.Objects, error) {
	objs := &policy.Objects{}
	for name, text := range f.files() {
		if problems := load.Text(objs, name, text); len(problems) > 0 {
			return nil, fmt.Errorf("reading a generated policy: %s", problems[0])
		}
	}
	return objs, nil
}

// Compile returns the snapshot of the policy on Self.
func (f Fleet) Compile() (*policy.Snapshot, error) {
	objs, err := f.Read()
	if err != nil {
		return nil, err
	}
	snap, problems := policy.Compile(objs, Options())
	if len(problems) > 0 {
		return nil, fmt.Errorf("compiling a generated policy: %s", problems[0])
	}
	return snap, nil
}
