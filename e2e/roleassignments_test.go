package e2e_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/bailiwick-dev/bailiwick/policy/manifest"
)

// Who gives roles to whom, on a real API server. RBAC lets everybody here write these kinds: what is refused, Bailiwick
// refuses.
func TestRolesAndAssignments(t *testing.T) {
	dir := filepath.Join("testdata", "roleassignments")
	s := start(t, dir, nil, "--platform-users", "platform-admin")
	admin := clientFor(t, s.Admin())
	_, err := envtest.InstallCRDs(s.Admin(), envtest.CRDInstallOptions{MaxTime: 30 * time.Second, PollInterval: 50 * time.Millisecond, Paths: []string{ourCRDs}})
	require.NoError(t, err)
	apply(t, admin, dir)
	super, manager, mallory, platform := person(t, s, "super"), person(t, s, "manager"), person(t, s, "mallory"), person(t, s, "platform-admin")

	t.Run("predefined roles can be shown and not changed", func(t *testing.T) {
		out, err := exec.CommandContext(t.Context(), binary, "show", "roles", "-o", "yaml").Output()
		require.NoError(t, err)
		shown := 0
		for doc := range manifest.Documents(out) {
			u := &unstructured.Unstructured{}
			require.NoError(t, u.UnmarshalJSON(doc.JSON))
			require.NoError(t, platform.Create(t.Context(), u))
			shown++
		}
		require.Equal(t, 37, shown)
		role := object(t, roleDefinition("uservmmanager", "{type: User, actionGroups: [RUN_VM]}"))
		requireStatus(t, patch(t, platform, role, "{spec: {actionGroups: [RUN_VM]}}"), 422, "UserVmManager is a predefined role, which nothing changes")
		requireStatus(t, super.Delete(t.Context(), role), 403, "which cannot be deleted")
		requireStatus(t, super.Create(t.Context(), object(t, roleDefinition("userrole", "{type: User, actionGroups: [RUN_VM]}"))), 422, "clone it under another name")
		require.NoError(t, super.Create(t.Context(), object(t, roleDefinition("mine", "{type: User, actionGroups: [RUN_VM]}"))))
		requireStatus(t, super.Create(t.Context(), object(t, roleDefinition("clone", "{type: User, actionGroups: [RUN_VM, BACKUP_DISK]}"))), 422, "BACKUP_DISK is for administrators")
	})

	t.Run("roles are written and deleted by right", func(t *testing.T) {
		requireStatus(t, mallory.Create(t.Context(), object(t, roleDefinition("bad", "{type: User, actionGroups: [RUN_VM]}"))), 403, "only who holds MANIPULATE_ROLES on System writes roles")
		operator := object(t, roleDefinition("operator", "{type: User, actionGroups: [RUN_VM, STOP_VM]}"))
		requireStatus(t, super.Delete(t.Context(), operator), 422, `cannot go while RoleAssignment "operators" assigns it`)
	})

	const web, shop = "{kind: VirtualMachine, namespace: shop, name: web}", "{kind: Namespace, name: shop}"
	t.Run("roles for administrators are given by the SuperUser", func(t *testing.T) {
		requireStatus(t, manager.Create(t.Context(), object(t, assignment("refused", "ClusterAdmin", shop))), 403,
			"ClusterAdmin is a role for administrators: only who holds SuperUser on System assigns it")
		given := object(t, assignment("admin-of-shop", "HostAdmin", shop))
		require.NoError(t, super.Create(t.Context(), given))
		requireStatus(t, manager.Delete(t.Context(), given), 403, "only who holds SuperUser on System removes it")
		require.NoError(t, super.Delete(t.Context(), given))
	})

	t.Run("others by who manages the object, and only that object gets them", func(t *testing.T) {
		requireStatus(t, mallory.Create(t.Context(), object(t, assignment("refused", "UserRole", web))), 403, "MANIPULATE_PERMISSIONS on VirtualMachine shop/web")
		given := object(t, assignment("users", "UserRole", web))
		require.NoError(t, manager.Create(t.Context(), given))
		uid, _, _ := unstructured.NestedString(given.Object, "spec", "object", "uid")
		require.Equal(t, "0b5c5f4e-0000-4000-8000-000000000001", uid)
		requireStatus(t, patch(t, manager, given, "{spec: {roleRef: {name: UserVmManager}}}"), 422, "spec.roleRef: cannot be changed")
		requireStatus(t, patch(t, manager, given, "{spec: {object: {uid: another}}}"), 422, "is that of another object of this name")
		require.NoError(t, patch(t, manager, given, "{spec: {expires: '2099-01-02T03:04:05Z'}}"))
		requireStatus(t, patch(t, manager, given, "{spec: {expires: '2020-01-02T03:04:05Z'}}"), 422, "spec.expires: 2020-01-02T03:04:05Z is over")
		requireStatus(t, manager.Create(t.Context(), object(t, assignment("refused", "Janitor", web))), 422, `there is no role "Janitor"`)
	})

	t.Run("the last SuperUser stays", func(t *testing.T) {
		last := object(t, assignment("admins", "SuperUser", "{kind: System}"))
		requireStatus(t, super.Delete(t.Context(), last), 403, "assign it to somebody else first")
		require.NoError(t, platform.Delete(t.Context(), last), "platform admins are administrators without it")
	})

	t.Run("an import is taken as it is printed", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), binary, "import", "ovirt", "--map", "engine/map.yaml", "engine/permissions.json", "engine/names.json")
		cmd.Dir = filepath.Join("..", "examples", "ovirt")
		out, err := cmd.Output()
		require.NoError(t, err)
		docs := 0
		for doc := range manifest.Documents(bytes.ReplaceAll(out, []byte("name: operators"), []byte("name: operator"))) {
			u := &unstructured.Unstructured{}
			require.NoError(t, u.UnmarshalJSON(doc.JSON))
			require.NoError(t, client.IgnoreAlreadyExists(super.Create(t.Context(), u)))
			docs++
		}
		require.Equal(t, 3, docs)
	})
}

func roleDefinition(name, spec string) string {
	return "{apiVersion: bailiwick.dev/v1alpha1, kind: RoleDefinition, metadata: {name: " + name + "}, spec: " + spec + "}"
}

func assignment(name, role, on string) string {
	return "{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: " + name + "}, spec: {subjects: [{kind: Group, name: users}], roleRef: {name: " +
		role + "}, object: " + on + "}}"
}
