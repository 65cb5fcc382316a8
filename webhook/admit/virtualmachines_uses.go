package admit

import (
	"cmp"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// imagesOf are the images and the instance type that a machine is made from.
func imagesOf(q *Question, m *machine) ([]need, error) {
	var needs []need
	if t := child(child(m.fields, "spec"), "instancetype"); isNamespacedType(text(t, "kind")) {
		const resource = "virtualmachineinstancetypes"
		ns, name := m.spot.Namespace, text(t, "name")
		needs = append(needs, need{
			field: m.at + "spec.instancetype.name", group: ovirt.CreateInstance, or: ovirt.CreateVM,
			on:   policy.Spot{Type: ovirt.Template, Namespace: ns, Name: name, Resource: resource},
			rbac: use(instancetypeGroup, resource, ns, name),
		})
	}
	claims, err := m.claimTemplates()
	for _, c := range claims {
		needs = append(needs, imageOf(c)...)
	}
	return needs, err
}

const instancetypeGroup = "instancetype.kubevirt.io"

// isNamespacedType says whether an instance type is one of the namespace. Those of the cluster are everybody's, as the
// engine's are, and so are they when nothing is said.
//
// Upstream: kubevirt pkg/instancetype/apply, which takes the kind in any case, in singular and plural.
func isNamespacedType(kind string) bool {
	return strings.TrimSuffix(strings.ToLower(kind), "s") == "virtualmachineinstancetype"
}

// networksOf are the networks that a machine is attached to.
func networksOf(_ *Question, m *machine) ([]need, error) {
	var needs []need
	m.entries("spec.template.spec.networks[]", func(where string, entry any) {
		if name := text(child(entry, "multus"), "networkName"); name != "" {
			n := attachment(name, m.spot.Namespace, ovirt.ConfigureVMNetwork)
			n.field, n.item = where+".multus.networkName", text(entry, "name")
			needs = append(needs, n)
		}
	})
	return needs, nil
}

// attachment is the need to be allowed to connect to a network.
func attachment(networkName, namespace string, group ovirt.ActionGroup) need {
	ns, name := scoped(networkName, namespace)
	return need{
		group: group,
		on:    policy.Spot{Type: ovirt.VnicProfile, Namespace: ns, Name: name},
		rbac:  use(attachmentGroup, "network-attachment-definitions", ns, name),
	}
}

const attachmentGroup = "k8s.cni.cncf.io"

// disksOf are the disks that a machine uses, and those that are made for it.
func disksOf(q *Question, m *machine) ([]need, error) {
	claims, err := m.claimTemplates()
	if err != nil {
		return nil, err
	}
	var needs []need
	made := map[string]bool{}
	for _, c := range append(claims, m.volumeTemplates()...) {
		made[c.name] = true
		needs = append(needs, storageOf(q, c)...)
		needs = append(needs, sourcesOf(c)...)
	}
	for _, list := range []string{"spec.template.spec.volumes[]", "spec.template.spec.utilityVolumes[]"} {
		m.entries(list, func(where string, entry any) {
			disk := diskSpot(m.spot.Namespace, claimOf(entry))
			// A claim that is there already is not the one that would be made.
			if disk.Name == "" || made[disk.Name] && !q.Snapshot.Knows(disk) {
				return
			}
			needs = append(needs, need{field: where, item: text(entry, "name"), group: ovirt.AttachDisk, on: disk,
				rbac: use("", disk.Resource, disk.Namespace, disk.Name)})
		})
	}
	return append(needs, reservationsOf(m)...), nil
}

func diskSpot(namespace, name string) policy.Spot {
	return policy.Spot{Type: ovirt.Disk, Namespace: namespace, Name: name, Resource: "persistentvolumeclaims"}
}

// claimOf is the claim that a volume of a machine is on, or "".
func claimOf(volume any) string {
	return cmp.Or(
		text(child(volume, "persistentVolumeClaim"), "claimName"),
		text(child(volume, "dataVolume"), "name"),
		text(child(child(volume, "ephemeral"), "persistentVolumeClaim"), "claimName"),
		text(child(volume, "memoryDump"), "claimName"),
		text(volume, "claimName"),
	)
}

// reservationsOf are the disks for which a machine sends SCSI reservations.
func reservationsOf(m *machine) []need {
	claims := map[string]string{}
	m.entries("spec.template.spec.volumes[]", func(_ string, entry any) { claims[text(entry, "name")] = claimOf(entry) })
	var needs []need
	m.entries("spec.template.spec.domain.devices.disks[]", func(where string, entry any) {
		if reserves, _ := child(child(entry, "lun"), "reservation").(bool); reserves {
			name := text(entry, "name")
			needs = append(needs, need{field: where + ".lun.reservation", item: name, group: ovirt.ConfigureSCSIGenericIO,
				on: diskSpot(m.spot.Namespace, claims[name])})
		}
	})
	return needs
}
