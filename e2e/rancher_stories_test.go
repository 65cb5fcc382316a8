package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/ledger"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

func virtualMachine(namespace, name string) string {
	return "{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {namespace: " + namespace + ", name: " + name + "}, " +
		"spec: {runStrategy: Halted, template: {spec: {domain: {devices: {}}}}}}"
}

func image(namespace, name string) string {
	return "{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineImage, metadata: {namespace: " + namespace + ", name: " + name + "}, " +
		"spec: {displayName: " + name + ", sourceType: upload}}"
}

func requireForbidden(t *testing.T, err error) {
	t.Helper()
	require.True(t, apierrors.IsForbidden(err), "want forbidden, got %v", err)
}

func listOf(t *testing.T, text string) *unstructured.UnstructuredList {
	t.Helper()
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(object(t, text).GroupVersionKind())
	return list
}

// projectStory is the example of Harvester's page on multi-tenancy: two members of the project default.
func projectStory(t *testing.T, s *wired.System, admin client.Client) {
	require.NoError(t, admin.Create(t.Context(), object(t, image("harvester-public", "leap"))))
	owner, readonly := throughRancher(t, s, admin, "u-owner"), throughRancher(t, s, admin, "u-readonly")

	for name, user := range map[string]client.Client{"project-owner": owner, "project-readonly": readonly} {
		images := listOf(t, image("", ""))
		require.NoError(t, user.List(t.Context(), images, client.InNamespace("harvester-public")), "%s views the public images", name)
		require.Len(t, images.Items, 1)
		require.NoError(t, user.Get(t.Context(), client.ObjectKey{Name: "default"}, &corev1.Namespace{}), "%s views the namespaces of the project", name)
		require.NoError(t, user.List(t.Context(), &storagev1.StorageClassList{}), "%s views the cluster", name)
		requireForbidden(t, user.List(t.Context(), listOf(t, virtualMachine("", "")), client.InNamespace("team")))
		requireForbidden(t, user.Create(t.Context(), object(t, virtualMachine("team", "x"))))
		requireForbidden(t, user.List(t.Context(), &corev1.SecretList{}, client.InNamespace("harvester-system")))
	}

	require.NoError(t, owner.Create(t.Context(), object(t, image("default", "mine"))), "he uploads his own image")
	requireForbidden(t, readonly.Create(t.Context(), object(t, image("default", "theirs"))))

	vm := object(t, virtualMachine("default", "vm"))
	requireForbidden(t, readonly.Create(t.Context(), vm.DeepCopy()))
	require.NoError(t, owner.Create(t.Context(), vm), "he creates a VM with it")
	machines := listOf(t, virtualMachine("", ""))
	require.NoError(t, readonly.List(t.Context(), machines, client.InNamespace("default")))
	require.Len(t, machines.Items, 1)
	requireForbidden(t, patch(t, readonly, vm.DeepCopy(), "{spec: {runStrategy: Always}}"))
	requireForbidden(t, readonly.Delete(t.Context(), vm.DeepCopy()))
	require.NoError(t, patch(t, owner, vm, "{spec: {runStrategy: Always}}"))
	require.NoError(t, owner.Delete(t.Context(), vm))

	t.Run("the account behind a user is nobody else, and nothing by itself", func(t *testing.T) {
		cfg, err := s.ServiceAccountToken(t.Context(), "cattle-impersonation-system", "cattle-impersonation-u-readonly")
		require.NoError(t, err)
		requireForbidden(t, clientFor(t, cfg).List(t.Context(), listOf(t, virtualMachine("", "")), client.InNamespace("default")))
		for _, other := range []rest.ImpersonationConfig{{UserName: "u-owner"}, {UserName: "u-readonly", Groups: []string{"system:masters"}}} {
			as := rest.CopyConfig(cfg)
			as.Impersonate = other
			requireForbidden(t, clientFor(t, as).List(t.Context(), listOf(t, virtualMachine("", "")), client.InNamespace("default")))
		}
	})

	t.Run("groups", func(t *testing.T) {
		member := throughRancher(t, s, admin, "u-anybody", "github_team://1", "github_org://7")
		require.NoError(t, member.Create(t.Context(), object(t, virtualMachine("team", "by-group"))))
		requireForbidden(t, member.Create(t.Context(), object(t, virtualMachine("default", "by-group"))))
		stranger := throughRancher(t, s, admin, "u-stranger", "github_team://2")
		requireForbidden(t, stranger.List(t.Context(), listOf(t, virtualMachine("", "")), client.InNamespace("team")))
	})
}

// rolesStory is some sentences of each section of Harvester's page on roles, as requests.
func rolesStory(t *testing.T, s *wired.System, admin client.Client, mode ledger.Mode) {
	as := func(user string) client.Client { return throughRancher(t, s, admin, user) }
	machine := func(namespace, name string) *unstructured.Unstructured {
		return object(t, virtualMachine(namespace, name))
	}
	inTeam, inOther := client.InNamespace("team"), client.InNamespace("other")
	machines := listOf(t, virtualMachine("", ""))

	t.Run("View, on the cluster", func(t *testing.T) {
		viewer := as("u-clusterview")
		require.NoError(t, viewer.List(t.Context(), machines))
		require.NoError(t, viewer.List(t.Context(), &corev1.NamespaceList{}))
		requireForbidden(t, viewer.Create(t.Context(), machine("other", "x")))
		requireForbidden(t, viewer.Delete(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "other"}}))
		secrets := viewer.List(t.Context(), &corev1.SecretList{}, inOther)
		require.Equal(t, mode == ledger.Hardened, apierrors.IsForbidden(secrets), "%v", secrets)
	})
	t.Run("Manage, on the cluster", func(t *testing.T) {
		manager := as("u-clustermanage")
		require.NoError(t, manager.Create(t.Context(), machine("other", "managed")))
		require.NoError(t, manager.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "made"}}))
		// By the role in hardened mode, by the guard in both.
		requireForbidden(t, manager.Delete(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "cattle-system"}}))
	})
	t.Run("View, in a project", func(t *testing.T) {
		viewer := as("u-projectview")
		require.NoError(t, viewer.List(t.Context(), machines, inTeam))
		requireForbidden(t, viewer.List(t.Context(), machines, inOther))
		requireForbidden(t, viewer.List(t.Context(), machines))
		requireForbidden(t, viewer.Create(t.Context(), machine("team", "x")))
	})
	t.Run("Manage, in a project", func(t *testing.T) {
		manager := as("u-projectmanage")
		require.NoError(t, manager.Create(t.Context(), machine("team", "managed")))
		requireForbidden(t, manager.Create(t.Context(), machine("other", "x")))
		requireForbidden(t, manager.Delete(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "other"}}))
		// By the role in hardened mode, by the guard in both.
		requireForbidden(t, manager.Create(t.Context(), object(t, platformObject("Addon", "team", "x", "{chart: root}"))))
	})
	t.Run("new permissions", func(t *testing.T) {
		output := "{apiVersion: logging.banzaicloud.io/v1beta1, kind: Output, metadata: {namespace: other, name: x}, spec: {}}"
		requireForbidden(t, as("u-plain").Create(t.Context(), object(t, output)))
		require.NoError(t, as("u-logging").Create(t.Context(), object(t, output)))
		require.NoError(t, as("u-logging").Create(t.Context(), machine("other", "by-logging")), "and what it inherits")
		require.NoError(t, as("u-both").List(t.Context(), machines), "by one role")
		require.NoError(t, as("u-both").Create(t.Context(), machine("team", "by-both")), "by the other")
		requireForbidden(t, as("u-both").Create(t.Context(), machine("other", "by-both")))
	})
	t.Run("support bundles", func(t *testing.T) {
		bundle := platformObject("SupportBundle", "harvester-system", "x", "{description: d}")
		requireForbidden(t, as("u-pmanage").Create(t.Context(), object(t, bundle)))
		requireForbidden(t, as("u-pview").Create(t.Context(), object(t, bundle)))
		require.NoError(t, as("u-cview").Create(t.Context(), object(t, bundle)))
		inProject := platformObject("SupportBundle", "team", "x", "{description: d}")
		for _, user := range []string{"u-pmanage", "u-pview"} {
			requireForbidden(t, as(user).Create(t.Context(), object(t, inProject)))
		}
		err := as("u-cview").Create(t.Context(), object(t, inProject))
		require.ErrorContains(t, err, "belong in harvester-system", "the role lets her, the guard does not")
	})
	t.Run("guest clusters", func(t *testing.T) {
		for _, user := range []string{"u-cview", "u-pview", "u-guest"} {
			requireForbidden(t, as(user).Create(t.Context(), machine("team", "guest")))
		}
		require.NoError(t, as("u-pmanage").Create(t.Context(), machine("team", "guest")))
		requireForbidden(t, as("u-pmanage").Create(t.Context(), machine("other", "guest")))
		require.NoError(t, as("u-cmanage").Create(t.Context(), machine("other", "guest")))
	})
}
