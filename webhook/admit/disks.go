package admit

import (
	"cmp"
	"slices"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// disks guards on which storage disks and images are made, and of what: only the object names the storage class, and the
// disk that is copied.
//
// Upstream: ovirt-engine AddDiskCommand, MoveOrCopyDiskCommand, StartVmBackupCommand.
var disks = Guard{
	Name: "disks",
	Doc: "Asks those who create claims, DataVolumes, images and snapshots of volumes by roles of the hierarchy for CREATE_DISK on the " +
		"storage class, and for the right on the disk or image that is copied; and those who write claims for the right to read the " +
		"Secrets with which these are filled. Whom RBAC or a RoleTemplate lets create such an " +
		"object, it does not bind.",
	Rules:  diskRules,
	Narrow: writtenByUsers(diskRules, newOrFetched),
	Checks: []Check{
		{"storage", byRoles(ofNewClaims(storageOf))},
		{"sources", byRoles(ofNewClaims(func(q *Question, c claim) []need { return slices.Concat(sourcesOf(c), imageOf(c), adopted(q, c)) }))},
		{"secrets", byRoles(ofNewClaims(func(_ *Question, c claim) []need { return secretsOfVolume(c) }))},
		{"images", byRoles(ofNewImages)},
		{"snapshots", byRoles(func(q *Question) ([]need, error) { return q.partNeeds(diskParts) })},
	},
}

var diskRules = []admissionregv1.RuleWithOperations{
	onWrite("", "persistentvolumeclaims", admissionregv1.NamespacedScope),
	on(onlyCreate, cdiGroup, "datavolumes", admissionregv1.NamespacedScope),
	on(onlyCreate, harvesterGroup, "virtualmachineimages", admissionregv1.NamespacedScope),
	on(createOrDelete, harvesterGroup, "volumeremotebackups", admissionregv1.NamespacedScope),
	on(createOrDelete, "snapshot.storage.k8s.io", "volumesnapshots", admissionregv1.NamespacedScope),
}

// diskParts belong to a disk, which only they themselves name.
//
// Upstream: snapshot.storage.k8s.io/v1 VolumeSnapshotSpec; harvester pkg/apis/harvesterhci.io/v1beta1/volumeremotebackup.go.
var diskParts = []part{
	{"snapshot.storage.k8s.io", "volumesnapshots", createOrDelete, ofDisk("spec.source.persistentVolumeClaimName")},
	{harvesterGroup, "volumeremotebackups", createOrDelete, ofDisk("spec.source")},
}

// ofDisk takes BACKUP_DISK on the claim that is named, and where none is, on all disks of the namespace.
func ofDisk(path string) func(*partWrite) []need {
	return func(p *partWrite) []need {
		n := need{field: path, group: ovirt.BackupDisk, on: diskSpot(p.Request.Namespace, "")}
		for _, name := range texts(p.object, path) {
			n.on.Name = name
		}
		return []need{n}
	}
}

// ofNewClaims makes needs of a claim or DataVolume: all when it is created, and else what it did not need before.
func ofNewClaims(takes func(*Question, claim) []need) func(*Question) ([]need, error) {
	return func(q *Question) ([]need, error) {
		object, old, err := q.writes()
		if err != nil || going(old) {
			return nil, err
		}
		of := func(object tree) []need {
			switch q.Request.Resource.Resource {
			case "persistentvolumeclaims":
				return takes(q, claim{namespace: q.Request.Namespace, fields: object, shape: "spec"})
			case "datavolumes":
				return takes(q, volumeIn("", q.Request.Namespace, object))
			default:
				return nil
			}
		}
		if old == nil {
			return of(object), nil
		}
		return added(of(object), of(old)), nil
	}
}

// ofNewImages are the needs of an image: the storage that it is put on, and the disk or image that it is made of.
//
// Upstream: harvester pkg/apis/harvesterhci.io/v1beta1/image.go.
func ofNewImages(q *Question) ([]need, error) {
	object, _, err := q.writes()
	if err != nil || q.Request.Resource.Resource != "virtualmachineimages" {
		return nil, err
	}
	ns, s := q.Request.Namespace, child(object, "spec")
	class := cmp.Or(text(s, "targetStorageClassName"), text(child(child(object, "metadata"), "annotations"), policy.ImageClassAnnotation), q.Snapshot.DefaultClass())
	needs := []need{diskOn(class, ns, "spec.targetStorageClassName", "")}
	if name := text(s, "pvcName"); name != "" {
		needs = append(needs, need{field: "spec.pvcName", group: ovirt.ConfigureDiskStorage, on: diskSpot(cmp.Or(text(s, "pvcNamespace"), ns), name)})
	}
	secured := child(s, "securityParameters")
	if name := text(secured, "sourceImageName"); name != "" {
		needs = append(needs, imageNeed("spec.securityParameters.sourceImageName", "", cmp.Or(text(secured, "sourceImageNamespace"), ns), name))
	}
	return needs, nil
}
