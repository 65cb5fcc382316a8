package policy

import "strings"

// The kinds below are what change by the second: they make up the inventory, beside the policy.

// Creator annotations say who made an object. They are written from who sent the request, and nobody changes them.
const (
	// CreatorAnnotation holds the user name.
	CreatorAnnotation = "bailiwick.dev/creator"
	// CreatorLabel holds CreatorID of it, so that a user can list what he has made.
	CreatorLabel = "bailiwick.dev/creator"
)

// VirtualMachine is a virtual machine.
//
// Upstream: kubevirt.io/v1 VirtualMachine, kubevirt staging/src/kubevirt.io/api/core/v1/types.go.
type VirtualMachine struct {
	Object
	Spec struct {
		Template struct {
			Spec struct {
				Volumes []Volume `json:"volumes"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

// Volume is a volume of a virtual machine.
type Volume struct {
	PersistentVolumeClaim *struct {
		ClaimName string `json:"claimName"`
	} `json:"persistentVolumeClaim"`
	DataVolume *struct {
		Name string `json:"name"`
	} `json:"dataVolume"`
}

// Disks are the names of the claims and data volumes in the machine's namespace that it uses.
func (vm *VirtualMachine) Disks() []string {
	var names []string
	for _, v := range vm.Spec.Template.Spec.Volumes {
		switch {
		case v.PersistentVolumeClaim != nil:
			names = append(names, v.PersistentVolumeClaim.ClaimName)
		case v.DataVolume != nil:
			names = append(names, v.DataVolume.Name)
		}
	}
	return names
}

// InPool says whether the machine belongs to a pool.
//
// Upstream: kubevirt pkg/virt-controller/watch/pool, which makes the pool its owner.
func (vm *VirtualMachine) InPool() bool {
	for _, owner := range vm.Metadata.OwnerReferences {
		if owner.Kind == "VirtualMachinePool" {
			return true
		}
	}
	return false
}

// Claim is a PersistentVolumeClaim.
//
// Upstream: core/v1 PersistentVolumeClaim.
type Claim struct {
	Object
	Spec struct {
		StorageClassName *string `json:"storageClassName"`
	} `json:"spec"`
}

// DataVolume is a claim that is filled from somewhere. The claim has its name.
//
// Upstream: cdi.kubevirt.io/v1beta1 DataVolume, containerized-data-importer staging/src/kubevirt.io/containerized-data-importer-api.
type DataVolume struct {
	Object
	Spec struct {
		PVC     *claimShape `json:"pvc"`
		Storage *claimShape `json:"storage"`
	} `json:"spec"`
}

type claimShape struct {
	StorageClassName *string `json:"storageClassName"`
}

// Attachment is a NetworkAttachmentDefinition: a network to which machines can be attached.
//
// Upstream: k8s.cni.cncf.io/v1 NetworkAttachmentDefinition, network-attachment-definition-client.
type Attachment struct{ Object }

// Network is the ClusterNetwork of Harvester under the attachment, or "".
//
// Upstream: harvester/network-controller-harvester pkg/utils, the label of a NetworkAttachmentDefinition.
func (a *Attachment) Network() string {
	return a.Metadata.Labels["network.harvesterhci.io/clusternetwork"]
}

// VlanConfig attaches a ClusterNetwork to hosts.
//
// Upstream: network.harvesterhci.io/v1beta1 VlanConfig.
type VlanConfig struct {
	Object
	Spec struct {
		ClusterNetwork string `json:"clusterNetwork"`
	} `json:"spec"`
}

// MachineTemplate is a VirtualMachineTemplate.
//
// Upstream: harvesterhci.io/v1beta1 VirtualMachineTemplate.
type MachineTemplate struct{ Object }

// TemplateVersion is a VirtualMachineTemplateVersion.
//
// Upstream: harvesterhci.io/v1beta1 VirtualMachineTemplateVersion.
type TemplateVersion struct {
	Object
	Spec struct {
		// TemplateID is NAMESPACE/NAME of the template.
		TemplateID string `json:"templateId"`
	} `json:"spec"`
}

// template is the name of the template in the version's namespace, or "": a template elsewhere is somebody else's.
func (v *TemplateVersion) template() string {
	name, ok := strings.CutPrefix(v.Spec.TemplateID, v.Metadata.Namespace+"/")
	if !ok {
		return ""
	}
	return name
}

// Image is a VirtualMachineImage.
//
// Upstream: harvesterhci.io/v1beta1 VirtualMachineImage.
type Image struct{ Object }

// Saved is what was saved of a virtual machine: a backup of Harvester, or a snapshot of KubeVirt.
//
// Upstream: harvesterhci.io/v1beta1 VirtualMachineBackup; snapshot.kubevirt.io/v1beta1 VirtualMachineSnapshot.
type Saved struct {
	Object
	Spec struct {
		Source struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"source"`
	} `json:"spec"`
}

// MachinePool is a VirtualMachinePool.
//
// Upstream: pool.kubevirt.io/v1beta1 VirtualMachinePool.
type MachinePool struct{ Object }
