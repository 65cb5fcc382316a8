package admit

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// claim is a PersistentVolumeClaim, a DataVolume or an image that is to be made, or the template of one.
type claim struct {
	// where it stands in the written object, with a dot behind; empty: it is the object.
	where           string
	namespace, name string
	fields          any
	// shape is where its class and its size are said.
	shape string
}

const (
	// claimsAnnotation holds the claims that Harvester makes for a machine, as JSON.
	//
	// Upstream: harvester pkg/util/constants.go.
	claimsAnnotation = "harvesterhci.io/volumeClaimTemplates"
	// imageAnnotation names the image that a claim is filled from, namespace/name.
	imageAnnotation = "harvesterhci.io/imageId"
)

// claimTemplates are the claims that Harvester makes for the machine.
func (m *machine) claimTemplates() ([]claim, error) {
	raw := text(child(child(m.fields, "metadata"), "annotations"), claimsAnnotation)
	if raw == "" {
		return nil, nil
	}
	at := fmt.Sprintf("%smetadata.annotations[%s]", m.at, claimsAnnotation)
	var entries []any
	if err := json.Unmarshal([]byte(raw), &entries); err != nil {
		return nil, fmt.Errorf("%s: it is no list of claims: %w", at, err)
	}
	var claims []claim
	for i, entry := range entries {
		c := claim{where: fmt.Sprintf("%s[%d].", at, i), namespace: m.spot.Namespace, name: nameOf(entry), fields: entry, shape: "spec"}
		claims = append(claims, c)
	}
	return claims, nil
}

// volumeTemplates are the DataVolumes that KubeVirt makes for the machine.
func (m *machine) volumeTemplates() []claim {
	var claims []claim
	m.entries("spec.dataVolumeTemplates[]", func(where string, entry any) {
		claims = append(claims, volumeIn(where, m.spot.Namespace, entry))
	})
	return claims
}

// volumeIn is a DataVolume, or the template of one.
func volumeIn(where, namespace string, entry any) claim {
	if where != "" {
		where += "."
	}
	c := claim{where: where, namespace: namespace, name: nameOf(entry), fields: entry, shape: "spec.pvc"}
	if child(child(entry, "spec"), "storage") != nil {
		c.shape = "spec.storage"
	}
	return c
}

// get is what stands at a path of objects in the claim, or nil.
func (c *claim) get(path string) any {
	fields, _ := c.fields.(tree)
	for _, value := range each(fields, path) {
		return value
	}
	return nil
}

// classAnnotation names the storage class of a claim, whatever its spec says.
//
// Upstream: core/v1 BetaStorageClassAnnotation; kubernetes component-helpers storage/volume, GetPersistentVolumeClaimClass.
const classAnnotation = "volume.beta.kubernetes.io/storage-class"

// storageOf is the storage class that a claim is put on. One that is made of an image is put on the class under it. A claim
// that says it has none is put on whichever volume there is.
func storageOf(q *Question, c claim) []need {
	shape, _ := c.get(c.shape).(tree)
	annotations, _ := c.get("metadata.annotations").(tree)
	class, said := shape["storageClassName"].(string)
	if !said {
		class = q.Snapshot.DefaultClass()
	}
	if image := text(annotations, imageAnnotation); image != "" {
		ns, name := scoped(image, c.namespace)
		class = q.Snapshot.ClassUnderImage(ns, name, class)
	}
	needs := []need{diskOn(class, c.namespace, c.where+c.shape+".storageClassName", c.name)}
	if other, said := annotations[classAnnotation].(string); said {
		needs = append(needs, diskOn(other, c.namespace, c.where+"metadata.annotations["+classAnnotation+"]", c.name))
	}
	return needs
}

// diskOn is the need to be allowed to make a disk of a storage class in a namespace.
func diskOn(class, namespace, field, item string) need {
	return need{field: field, item: item, group: ovirt.CreateDisk, where: namespace,
		on: policy.Spot{Type: ovirt.StorageDomain, Name: class}, rbac: use("storage.k8s.io", "storageclasses", "", class)}
}

// imageOf is the image that a claim is filled from.
func imageOf(c claim) []need {
	image := text(c.get("metadata.annotations"), imageAnnotation)
	if image == "" {
		return nil
	}
	ns, name := scoped(image, c.namespace)
	return []need{imageNeed(fmt.Sprintf("%smetadata.annotations[%s]", c.where, imageAnnotation), c.name, ns, name)}
}

// imageNeed is the need to be allowed to make something from an image.
func imageNeed(field, item, namespace, name string) need {
	const resource = "virtualmachineimages"
	return need{field: field, item: item, group: ovirt.CreateVM, or: ovirt.AccessImageStorage,
		on:   policy.Spot{Type: ovirt.Template, Namespace: namespace, Name: name, Resource: resource},
		rbac: use(harvesterGroup, resource, namespace, name)}
}

// copiedFrom are where a claim names the disk that it is filled from: by kind, namespace and name, or as the one kind
// that can stand there. Whose disk a snapshot or a VolumeCloneSource of CDI is of, is not known.
//
// Upstream: core/v1 PersistentVolumeClaimSpec; containerized-data-importer-api core/v1beta1 DataVolumeSource,
// DataVolumeSourceRef and StorageSpec.
var copiedFrom = []struct{ path, kind string }{
	{"spec.dataSource", ""},
	{"spec.dataSourceRef", ""},
	{"spec.pvc.dataSource", ""},
	{"spec.pvc.dataSourceRef", ""},
	{"spec.storage.dataSource", ""},
	{"spec.storage.dataSourceRef", ""},
	{"spec.source.pvc", "PersistentVolumeClaim"},
	{"spec.source.snapshot", "VolumeSnapshot"},
	{"spec.sourceRef", "DataSource"},
}

// sourcesOf are the disks that a claim is a copy of.
func sourcesOf(c claim) []need {
	var needs []need
	for _, from := range copiedFrom {
		source := c.get(from.path)
		ns, name := cmp.Or(text(source, "namespace"), c.namespace), text(source, "name")
		n := need{field: c.where + from.path, item: c.name, group: ovirt.ConfigureDiskStorage}
		switch cmp.Or(from.kind, text(source, "kind")) {
		case "PersistentVolumeClaim":
			n.on = diskSpot(ns, name)
		case "DataSource":
			n.group, n.on = ovirt.AccessImageStorage, policy.Spot{Type: ovirt.Template, Namespace: ns, Name: name, Resource: "datasources"}
			n.rbac = access{"get", cdiGroup, "datasources", ns, name}
		case "VolumeImportSource", "VolumeUploadSource": // no disk
			continue
		default:
			n.on = policy.Spot{Type: ovirt.Disk, Namespace: ns}
		}
		if name != "" {
			needs = append(needs, n)
		}
	}
	return needs
}

const cdiGroup = "cdi.kubevirt.io"
