package admit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// fetchedWith begins the annotations of a claim that name Secrets with which CDI fetches what it fills it with. A
// DataVolume hands its annotations on to its claim.
//
// Upstream: containerized-data-importer pkg/controller/common/util.go, AnnSecret and AnnSecretExtraHeaders.
const fetchedWith = "cdi.kubevirt.io/storage.import.secret"

// networkAnnotations put the pod that fetches it on other networks.
//
// Upstream: containerized-data-importer pkg/controller/common/util.go, AnnPodNetwork and AnnPodMultusDefaultNetwork.
var networkAnnotations = []string{"k8s.v1.cni.cncf.io/networks", "v1.multus-cni.io/default-network"}

// fetchedBy are where a DataVolume names Secrets.
//
// Upstream: containerized-data-importer-api core/v1beta1 DataVolumeSource.
var fetchedBy = []string{
	"spec.source.http.secretRef", "spec.source.http.secretExtraHeaders[]", "spec.source.s3.secretRef", "spec.source.gcs.secretRef",
	"spec.source.registry.secretRef", "spec.source.imageio.secretRef", "spec.source.vddk.secretRef",
}

// secretsOfVolume are the Secrets with which a claim or DataVolume is fetched, which whoever it is fetched from gets to see,
// and the networks over which it is.
func secretsOfVolume(c claim) []need {
	var needs []need
	add := func(field, resource, name string) {
		if name != "" {
			needs = append(needs, secret(c.where+field, resource, c.namespace, name))
		}
	}
	fields, _ := c.fields.(tree)
	for _, path := range fetchedBy {
		for where, name := range texts(fields, path) {
			add(where, "secrets", name)
		}
	}
	annotations, _ := c.get("metadata.annotations").(tree)
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		field := "metadata.annotations[" + key + "]"
		switch {
		case strings.HasPrefix(key, fetchedWith):
			add(field, "secrets", text(annotations, key))
		case slices.Contains(networkAnnotations, key):
			add(field, "", text(annotations, key))
		}
	}
	return needs
}

// newOrFetched leaves out updates that do not change these annotations.
var newOrFetched = admissionregv1.MatchCondition{Name: "new-or-fetched", Expression: fmt.Sprintf(
	"oldObject == null || object == null || object.metadata.?annotations.orValue({}).exists(k, (k.startsWith('%s') || k in [%s]) && "+
		"object.metadata.annotations[k] != oldObject.metadata.?annotations[?k].orValue(''))",
	fetchedWith, strings.Join(celStrings(networkAnnotations), ", "))}

// adopted is the claim of somebody that a new DataVolume of its name would make its own.
//
// Upstream: containerized-data-importer pkg/controller/common/util.go, AnnAllowClaimAdoption and AnnPrePopulated.
func adopted(q *Question, c claim) []need {
	disk := diskSpot(c.namespace, c.name)
	if q.Request.Resource.Resource != "datavolumes" || c.name == "" || !q.Snapshot.Knows(disk) {
		return nil
	}
	return []need{{field: "metadata.name", group: ovirt.EditDiskProperties, on: disk}}
}
