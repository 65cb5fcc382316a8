package e2e_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// The role that Harvester's own chart gives the manager of a project writes these kinds. RBAC lets him; what is refused,
// Bailiwick refuses.
func TestPlatformKinds(t *testing.T) {
	dir := filepath.Join("testdata", "platform")
	s := start(t, filepath.Join(dir, "policy"), nil)
	admin := clientFor(t, s.Admin())
	_, err := envtest.InstallCRDs(s.Admin(), envtest.CRDInstallOptions{MaxTime: 30 * time.Second, PollInterval: 50 * time.Millisecond,
		Paths: []string{filepath.Join(dir, "crds.yaml")}})
	require.NoError(t, err)
	apply(t, admin, filepath.Join(dir, "policy"))
	ensureNamespace(t, admin, "harvester-system")
	member, owner := userOf(t, s, "u-member"), userOf(t, s, "u-owner")

	for name, tc := range map[string]struct {
		as                    client.Client
		kind, namespace, spec string
		code                  int32
		because               string
	}{
		"an addon in a project":                 {member, "Addon", "team", "{chart: root}", 403, "Addon team/x: Harvester installs its chart as the administrator of the cluster, so this takes the right to create addons in all namespaces"},
		"an upgrade in a project":               {member, "Upgrade", "team", "{version: v9}", 403, "it changes all nodes"},
		"an upgrade in a project, by the owner": {owner, "Upgrade", "team", "{version: v9}", 422, "upgrades belong in harvester-system, not in team"},
		"a support bundle in a project":         {member, "SupportBundle", "team", "{description: d}", 403, "it collects from the platform's namespaces"},
		"a support bundle of others":            {owner, "SupportBundle", "harvester-system", "{description: d, extraCollectionNamespaces: [rivals]}", 403, "you may not read configmaps, pods and their logs in namespace \"rivals\""},
		"an image in a hidden namespace":        {member, "VirtualMachineImage", "fleet-local", "{displayName: d}", 403, "hidden from users"},
	} {
		t.Run(name, func(t *testing.T) {
			requireStatus(t, tc.as.Create(t.Context(), object(t, platformObject(tc.kind, tc.namespace, "x", tc.spec))), tc.code, tc.because)
		})
	}

	t.Run("what each may", func(t *testing.T) {
		for _, o := range []string{platformObject("Addon", "team", "mine", "{chart: c}"), platformObject("Upgrade", "harvester-system", "mine", "{version: v9}"),
			platformObject("SupportBundle", "harvester-system", "mine", "{description: d}")} {
			require.NoError(t, owner.Create(t.Context(), object(t, o)))
		}
		require.NoError(t, member.Create(t.Context(), object(t, platformObject("VirtualMachineImage", "team", "mine", "{displayName: d}"))))
	})

	t.Run("what was there before", func(t *testing.T) {
		addon := object(t, platformObject("Addon", "team", "mine", "{}"))
		require.NoError(t, patch(t, member, addon, "{metadata: {labels: {a: b}}}"))
		requireStatus(t, patch(t, member, addon, "{spec: {chart: root}}"), 403, "update or patch addons in all namespaces")
		require.NoError(t, member.Delete(t.Context(), addon))
	})

	t.Run("while Bailiwick is down", func(t *testing.T) {
		disks := account(t, s, "harvester-system", "harvester-node-disk-manager")
		s.Server.Kill()
		require.NoError(t, disks.Create(t.Context(), object(t, platformObject("Addon", "team", "later", "{chart: c}"))), "Harvester goes on")
		require.NoError(t, admin.Create(t.Context(), object(t, platformObject("Upgrade", "harvester-system", "later", "{version: v9}"))), "so do administrators")
		require.NoError(t, member.Create(t.Context(), object(t, platformObject("VirtualMachineImage", "team", "later", "{displayName: d}"))), "and what is not guarded")
		require.ErrorContains(t, member.Create(t.Context(), object(t, platformObject("VirtualMachineImage", "fleet-local", "later", "{displayName: d}"))),
			`failed calling webhook "platform-virtualmachineimages.bailiwick.dev"`)
	})
}

func platformObject(kind, namespace, name, spec string) string {
	return "{apiVersion: harvesterhci.io/v1beta1, kind: " + kind + ", metadata: {namespace: " + namespace + ", name: " + name + "}, spec: " + spec + "}"
}
