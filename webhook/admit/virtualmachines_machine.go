package admit

import (
	"fmt"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// machine is a virtual machine, or the one in a pool or in the version of a template: an object with metadata and spec.
//
// Upstream: kubevirt.io/v1 VirtualMachine, kubevirt staging/src/kubevirt.io/api/core/v1.
type machine struct {
	// spot is the machine in the hierarchy.
	spot policy.Spot
	// at is where in the written object it stands: empty, or as spec.virtualMachineTemplate.
	at     string
	fields tree
}

// machinesIn are where in an object of a kind a virtual machine stands.
//
// Upstream: pool.kubevirt.io/v1beta1 VirtualMachinePool; harvesterhci.io/v1beta1 VirtualMachineTemplateVersion.
var machinesIn = map[string]string{
	"virtualmachines":                "",
	"virtualmachinepools":            "spec.virtualMachineTemplate.",
	"virtualmachinetemplateversions": "spec.vm.",
	"virtualmachineinstances":        "",
}

// writes are the objects of a write, old or new; nil where there is none.
func (q *Question) writes() (object, old tree, err error) {
	if q.Request.Operation != admissionv1.Delete {
		if object, _, err = readTree(q.Request.Object.Raw); err != nil {
			return nil, nil, fmt.Errorf("reading the object: %w", err)
		}
	}
	if q.Request.Operation != admissionv1.Create {
		if old, _, err = readTree(q.Request.OldObject.Raw); err != nil {
			return nil, nil, fmt.Errorf("reading the old object: %w", err)
		}
	}
	return object, old, nil
}

// machineOf is the machine in an object, or nil.
func (q *Question) machineOf(object tree) *machine {
	at, ok := machinesIn[q.Request.Resource.Resource]
	if !ok || object == nil {
		return nil
	}
	if q.ofInstance() {
		object = tree{"spec": tree{"template": tree{"spec": object["spec"]}}}
	}
	m := &machine{at: at, fields: object, spot: policy.Spot{Type: ovirt.VirtualMachine, Namespace: q.Request.Namespace}}
	if at == "" {
		m.spot.Name = q.Request.Name
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(at, "."), ".") {
		if name != "" {
			m.fields, _ = m.fields[name].(tree)
		}
	}
	return m
}

// ofInstance says whether what is written is a running machine, which has the spec that is in the template of the other.
func (q *Question) ofInstance() bool { return q.Request.Resource.Resource == "virtualmachineinstances" }

// entries calls f for each entry of a list, with where it stands in the written object.
func (m *machine) entries(list string, f func(where string, entry any)) {
	for where, entry := range each(m.fields, list) {
		f(m.at+where, entry)
	}
}

// going says whether an object is being deleted already, as it is stored.
func going(old tree) bool { return text(child(old, "metadata"), "deletionTimestamp") != "" }

// ofNewMachines makes needs of what a machine refers to: all when it is new, and else what it did not before.
func ofNewMachines(uses func(*Question, *machine) ([]need, error)) func(*Question) ([]need, error) {
	return func(q *Question) ([]need, error) {
		object, old, err := q.writes()
		if err != nil || going(old) || q.Request.Resource.Resource == "virtualmachinetemplateversions" {
			return nil, err
		}
		now, before := q.machineOf(object), q.machineOf(old)
		if now == nil {
			return nil, nil
		}
		needs, err := uses(q, now)
		if err != nil || before == nil {
			return needs, err
		}
		had, err := uses(q, before)
		if err != nil {
			had = nil // what was wrong before gives nothing
		}
		return added(needs, had), nil
	}
}
