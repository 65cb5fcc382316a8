package fleet

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
)

// perFile keeps files below the 1 MiB that a ConfigMap may hold, since that is how policies are mounted.
const perFile = 500

// Write puts the policy into a directory, as the files that a server reads.
func (f Fleet) Write(dir string) error {
	for name, text := range f.files() {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return fmt.Errorf("writing a generated policy: %w", err)
		}
	}
	return nil
}

// files yields the names of the policy's files and what they hold.
func (f Fleet) files() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		_ = yieldFiles(yield, "tenants", f.Tenants, f.tenant) &&
			yieldFiles(yield, "clusters", f.Clusters, cluster) &&
			yieldFiles(yield, "self", 1, self)
	}
}

// yieldFiles writes n things, some in each file, and says whether to go on.
func yieldFiles(yield func(string, []byte) bool, name string, n int, write func(*bytes.Buffer, int)) bool {
	for start := 0; start < n; start += perFile {
		var text bytes.Buffer
		for i := start; i < min(n, start+perFile); i++ {
			write(&text, i)
		}
		if !yield(fmt.Sprintf("%s-%05d.yaml", name, start), text.Bytes()) {
			return false
		}
	}
	return true
}

// tenant writes a tenant's RoleRequest, and the ConfigMap with a Role for each of his namespaces.
func (f Fleet) tenant(text *bytes.Buffer, i int) {
	name := tenantName(i)
	fmt.Fprintf(text, roleRequest, name, tenantNamespace)
	fmt.Fprintf(text, configMap, name, tenantNamespace)
	for n := range max(1, f.Namespaces) {
		fmt.Fprintf(text, role, Namespace(i, n))
	}
}

const roleRequest = `---
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata:
  name: %[1]s
spec:
  serviceAccountNamespace: %[2]s
  serviceAccountName: %[1]s
  clusterSelector:
    matchExpressions:
    - key: env
      operator: In
      values: [shared, %[1]s]
  roleRefs:
  - kind: ConfigMap
    namespace: %[2]s
    name: %[1]s
`

const configMap = `---
apiVersion: v1
kind: ConfigMap
metadata:
  namespace: %[2]s
  name: %[1]s
data:
  roles.yaml: |
`

const role = `    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      namespace: %[1]s
      name: edit
    rules:
    - apiGroups: ["", apps]
      resources: [pods, pods/log, services, configmaps, deployments, deployments/scale]
      verbs: ["*"]
`

// cluster writes a cluster that no tenant holds more than one of.
func cluster(text *bytes.Buffer, i int) {
	fmt.Fprintf(text, sveltosCluster, fleetNamespace, fmt.Sprintf("cluster-%05d", i), tenantName(i))
}

func self(text *bytes.Buffer, _ int) {
	fmt.Fprintf(text, sveltosCluster, Self.Namespace, Self.Name, "shared")
}

const sveltosCluster = `---
apiVersion: lib.projectsveltos.io/v1beta1
kind: SveltosCluster
metadata:
  namespace: %s
  name: %s
  labels:
    env: %s
    region: eu-central-1
    sveltos-agent: present
spec:
  kubeconfigName: kubeconfig
`
