package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// secretPaths are where a machine names what its guest then reads: Secrets, ConfigMaps, tokens of ServiceAccounts, and
// files of the host, which are nobody's object. No role of the hierarchy lets anybody read these, so a machine must not
// be a way to them.
//
// Upstream: kubevirt staging/src/kubevirt.io/api/core/v1/schema.go, VolumeSource and AccessCredential.
var secretPaths = []struct{ path, resource string }{
	{"spec.template.spec.volumes[].secret.secretName", "secrets"},
	{"spec.template.spec.volumes[].sysprep.secret.name", "secrets"},
	{"spec.template.spec.volumes[].cloudInitNoCloud.secretRef.name", "secrets"},
	{"spec.template.spec.volumes[].cloudInitNoCloud.networkDataSecretRef.name", "secrets"},
	{"spec.template.spec.volumes[].cloudInitConfigDrive.secretRef.name", "secrets"},
	{"spec.template.spec.volumes[].cloudInitConfigDrive.networkDataSecretRef.name", "secrets"},
	{"spec.template.spec.volumes[].serviceAccount.serviceAccountName", "serviceaccounts/token"},
	{"spec.template.spec.accessCredentials[].sshPublicKey.source.secret.secretName", "secrets"},
	{"spec.template.spec.accessCredentials[].userPassword.source.secret.secretName", "secrets"},
	{"spec.template.spec.volumes[].configMap.name", "configmaps"},
	{"spec.template.spec.volumes[].sysprep.configMap.name", "configmaps"},
	{"spec.template.spec.volumes[].hostDisk.path", ""},
	{"spec.template.spec.volumes[].containerPath.path", ""},
}

// secretsOf are what a machine and its disks read: RBAC has to let its author read it, unless he may do everything with machines of
// the cluster.
func secretsOf(_ *Question, m *machine) ([]need, error) {
	var needs []need
	for _, p := range secretPaths {
		for where, name := range texts(m.fields, p.path) {
			needs = append(needs, secret(m.at+where, p.resource, m.spot.Namespace, name))
		}
	}
	claims, err := m.claimTemplates()
	for _, c := range append(claims, m.volumeTemplates()...) {
		needs = append(needs, secretsOfVolume(c)...)
	}
	return needs, err
}

// secret is the need to be allowed to read something. The token of an account is not read, but made.
func secret(field, resource, namespace, name string) need {
	n := need{field: field, item: name, group: ovirt.EditAdminVMProperties, on: policy.Spot{Type: ovirt.Cluster}}
	switch resource {
	case "":
	case "serviceaccounts/token":
		n.rbac = access{"create", "", resource, namespace, name}
	default:
		n.rbac = access{"get", "", resource, namespace, name}
	}
	return n
}
