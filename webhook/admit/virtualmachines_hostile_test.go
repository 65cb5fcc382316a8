package admit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// A machine may be as deep and as wide as the API server reads it.
func TestHostileMachines(t *testing.T) {
	const machine = `{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"namespace": "team", "name": "web"}, "spec": {"template": %s}}`
	options := caseOptions
	options.Self = policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "gke", Name: "here"}
	snapshots := compile(t, commonPolicy(t, "virtualmachines"), options)
	deep := strings.Repeat(`{"x":`, 5000) + "%s" + strings.Repeat("}", 5000)
	wide := func(bus string) string {
		var disks []string
		for i := range 10_000 {
			disks = append(disks, fmt.Sprintf(`{"name": "d%d", "cdrom": {"bus": %q}}`, i, bus))
		}
		return `{"spec": {"domain": {"devices": {"disks": [` + strings.Join(disks, ",") + `]}}}}`
	}
	for name, c := range map[string]struct{ user, old, object, refused string }{
		"deep": {"nics", fmt.Sprintf(deep, "1"), fmt.Sprintf(deep, "2"), "x.x.x: takes EDIT_VM_PROPERTIES"},
		"wide": {"discs", wide("sata"), wide("scsi"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			req := request(t, write{user: c.user, old: fmt.Sprintf(machine, c.old), object: fmt.Sprintf(machine, c.object)})
			got := submitRequest(t, snapshots, "virtualmachines", req)
			if c.refused == "" {
				require.Nil(t, got.Refusal)
				return
			}
			require.Contains(t, got.Refusal.Message, c.refused)
			require.Less(t, len(got.Refusal.Message), 1000)
		})
	}
}
