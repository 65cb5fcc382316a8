package e2e_test

import (
	"maps"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
)

// What a new machine is made of takes a role on each, and whoever makes it manages it until it is gone. The steps build
// on each other.
func TestNewMachines(t *testing.T) {
	s := startFollowing(t)
	admin := clientFor(t, s.Admin())
	maker, other := userOf(t, s, "maker"), userOf(t, s, "other")

	blank := newMachine("blank", `{runStrategy: Halted}`)
	eventually(t, "the role that was cloned from VmCreator", func() bool { return maker.Create(t.Context(), object(t, blank), client.DryRunAll) == nil })
	disk := newMachine("disk", `{dataVolumeTemplates: [{metadata: {name: d}, spec: {storage: {storageClassName: fast}}}]}`)
	eventually(t, "the guards, since there are roles", func() bool {
		return apierrors.IsForbidden(maker.Create(t.Context(), object(t, disk), client.DryRunAll))
	})
	t.Run("what takes another role", func(t *testing.T) {
		for _, tc := range []struct{ name, text, refused, role, on string }{
			{"disk", disk, `takes CREATE_DISK on StorageDomain "fast"`, "DiskCreator", `{kind: StorageDomain, name: fast}`},
			{"image", annotated("image", `[{"metadata":{"name":"d","annotations":{"harvesterhci.io/imageId":"golden/ubuntu"}},"spec":{"storageClassName":"fast"}}]`),
				"takes CREATE_VM or ACCESS_IMAGE_STORAGE on Template golden/ubuntu", "UserTemplateBasedVm", `{kind: Template, namespace: golden, name: ubuntu}`},
			{"nic", newMachine("nic", `{template: {spec: {networks: [{name: nic, multus: {networkName: nets/vlan1}}]}}}`),
				"takes CONFIGURE_VM_NETWORK on VnicProfile nets/vlan1", "VnicProfileUser", `{kind: VnicProfile, namespace: nets, name: vlan1}`},
		} {
			requireStatus(t, maker.Create(t.Context(), object(t, tc.text)), 403, tc.refused)
			require.NoError(t, admin.Create(t.Context(), assigned(t, tc.name, tc.role, "maker", tc.on)))
			eventually(t, "the role "+tc.role, func() bool { return maker.Create(t.Context(), object(t, tc.text)) == nil })
			requireStatus(t, other.Create(t.Context(), object(t, tc.text)), 403, tc.refused)
		}
		requireStatus(t, maker.Create(t.Context(), object(t, newMachine("x", `{template: {spec: {nodeSelector: {a: b}}}}`))), 403, "EDIT_ADMIN_VM_PROPERTIES on Cluster")
		require.NoError(t, userOf(t, s, "by-rbac").Create(t.Context(), object(t, newMachine("by-rbac", `{template: {spec: {nodeSelector: {a: b}, networks: [{name: nic, multus: {networkName: nets/vlan2}}]}}}`))))
	})

	made := object(t, blank)
	t.Run("who made it manages it", func(t *testing.T) {
		made.SetAnnotations(map[string]string{policy.CreatorAnnotation: "other"})
		require.NoError(t, maker.Create(t.Context(), made))
		require.Equal(t, "maker", made.GetAnnotations()[policy.CreatorAnnotation])
		require.Equal(t, policy.CreatorID("maker"), made.GetLabels()[policy.CreatorLabel])
		const change = `{metadata: {labels: {a: b}}}`
		eventually(t, "the role on it", func() bool { return patch(t, maker, made.DeepCopy(), change) == nil })
		requireStatus(t, patch(t, other, made.DeepCopy(), change), 403)
		requireStatus(t, patch(t, maker, made.DeepCopy(), `{metadata: {annotations: {bailiwick.dev/creator: other}}}`), 403, "which only platform admins change")
		require.NoError(t, maker.List(t.Context(), machines(), client.InNamespace("team"), client.MatchingLabels{policy.CreatorLabel: policy.CreatorID("maker")}))
		require.NoError(t, maker.Create(t.Context(), object(t, snapshotOf("blank"))))
		requireStatus(t, maker.Create(t.Context(), object(t, snapshotOf("by-rbac"))), 403, "takes MANIPULATE_VM_SNAPSHOTS on VirtualMachine team/by-rbac")
	})

	t.Run("who writes it for others", func(t *testing.T) {
		harvester := account(t, s, "harvester-system", "harvester")
		requireStatus(t, patch(t, harvester, made.DeepCopy(), `{spec: {template: {spec: {networks: [{name: n2, multus: {networkName: nets/vlan2}}]}}}}`), 403,
			"takes CONFIGURE_VM_NETWORK on VnicProfile nets/vlan2, which no role gives to its creator")
		require.NoError(t, patch(t, harvester, made.DeepCopy(), `{spec: {template: {spec: {networks: [{name: n1, multus: {networkName: nets/vlan1}}]}}}}`))
		clone := object(t, newMachine("clone", `{}`))
		clone.SetAnnotations(made.GetAnnotations())
		require.NoError(t, harvester.Create(t.Context(), clone))
		require.NotContains(t, clone.GetAnnotations(), policy.CreatorAnnotation)
	})

	t.Run("the end", func(t *testing.T) {
		require.NoError(t, maker.Delete(t.Context(), made.DeepCopy()))
		require.NoError(t, admin.Create(t.Context(), object(t, blank)))
		eventually(t, "another machine of the name", func() bool {
			return patch(t, maker, made.DeepCopy(), `{metadata: {labels: {c: d}}}`) != nil
		})
		requireStatus(t, patch(t, maker, made.DeepCopy(), `{metadata: {labels: {c: d}}}`), 403)
	})

	t.Run("while Bailiwick is down", func(t *testing.T) {
		s.Server.Kill()
		require.NoError(t, patch(t, account(t, s, "harvester-system", "kubevirt-controller"), made.DeepCopy(), `{metadata: {labels: {e: f}}}`), "machines run on")
		require.NoError(t, patch(t, account(t, s, "harvester-system", "harvester"), made.DeepCopy(), `{spec: {runStrategy: Always}}`), "and start")
		cfg := s.Admin()
		cfg.Impersonate = rest.ImpersonationConfig{UserName: "system:serviceaccount:kube-system:statefulset-controller", Groups: []string{"system:masters"}}
		require.NoError(t, clientFor(t, cfg).Create(t.Context(), object(t, `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {namespace: team, name: later},
			spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`)))
		require.ErrorContains(t, userOf(t, s, "by-rbac").Create(t.Context(), object(t, newMachine("later", `{}`))), `failed calling webhook "virtualmachines.bailiwick.dev"`)
	})
}

// startFollowing starts a cluster with the policy of this test in it, which bailiwick follows.
func startFollowing(t *testing.T) *wired.System {
	t.Helper()
	dir := filepath.Join("testdata", "hierarchy_guards")
	s, err := wired.Start(t.Context(), wired.Options{
		Assets: controlplane.Assets(t), Binary: binary, Log: &testLog{t: t}, CRDs: []controlplane.CRDSet{controlplane.Sveltos, controlplane.Harvester},
		Args: []string{"--hierarchy", "on", "--cluster", "SveltosCluster:gke/here"},
		Follow: func(api *controlplane.ControlPlane) ([]string, error) {
			install(t, api, ourCRDs, filepath.Join("testdata", "hierarchy", "crds.yaml"), filepath.Join(dir, "crds.yaml"))
			admin := clientFor(t, api.Admin())
			ensureNamespace(t, admin, "team")
			apply(t, admin, filepath.Join(dir, "policy"))
			rules := maps.Clone(watch.Rules(policy.Fleet|policy.Here|policy.Inventory, &policy.Objects{}))
			rules[""] = append(rules[""], rbacv1.PolicyRule{
				APIGroups: []string{admissionregv1.GroupName}, Resources: []string{"validatingwebhookconfigurations"}, Verbs: []string{"list", "watch", "update"},
			})
			return []string{"--kubeconfig", kubeconfig(t, api, "bailiwick", rules)}, nil
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

func newMachine(name, spec string) string {
	return "{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {namespace: team, name: " + name + "}, spec: " + spec + "}"
}

func annotated(name, claims string) string {
	return "{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {namespace: team, name: " + name + ", annotations: {harvesterhci.io/volumeClaimTemplates: '" + claims + "'}}, spec: {}}"
}

func snapshotOf(machine string) string {
	return "{apiVersion: snapshot.kubevirt.io/v1beta1, kind: VirtualMachineSnapshot, metadata: {namespace: team, name: " + machine + "}, spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: " + machine + "}}}"
}

func assigned(t *testing.T, name, role, user, on string) *unstructured.Unstructured {
	t.Helper()
	return object(t, "{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: "+name+"}, spec: {roleRef: {name: "+role+"}, subjects: [{kind: User, name: "+user+"}], object: "+on+"}}")
}
