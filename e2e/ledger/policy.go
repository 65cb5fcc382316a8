package ledger

import "path/filepath"

// Policy are the files that every section is about: Rancher's own templates, the chart's in one of its forms, and the
// cluster. They are found from the root of the module.
func Policy(root string, mode Mode) []string {
	return []string{
		filepath.Join(root, "policy/testdata/rancher/builtin.yaml"),
		filepath.Join(root, "policy/testdata/rancher/clusterroles.yaml"),
		filepath.Join(root, "charts/testdata/golden/harvester-rbac-"+string(mode)+".yaml"),
		filepath.Join(root, "authorizer/testdata/rancher/cluster.yaml"),
	}
}
