package admit

import (
	"slices"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// templateKind is a kind of templates, and which writes of it are judged.
type templateKind struct {
	group, resource string
	writes          []admissionregv1.OperationType
}

// templateKinds are the kinds of templates: versions belong to the template that they name, the others are one.
//
// Upstream: harvester pkg/apis/harvesterhci.io/v1beta1/template.go; instancetype.kubevirt.io/v1beta1.
var templateKinds = []templateKind{
	{harvesterGroup, "virtualmachinetemplateversions", everyWrite},
	{harvesterGroup, "virtualmachinetemplates", onlyUpdate},
	{instancetypeGroup, "virtualmachineinstancetypes", createOrUpdate},
	{instancetypeGroup, "virtualmachinepreferences", createOrUpdate},
}

// adminFields are what an instance type or a preference gives to machines that takes rights of its own in these.
//
// Upstream: kubevirt staging/src/kubevirt.io/api/instancetype/v1beta1/types.go.
var adminFields = []string{
	"spec.annotations", "spec.nodeSelector", "spec.schedulerName", "spec.gpus", "spec.hostDevices",
	"spec.cpu.dedicatedCPUPlacement", "spec.cpu.isolateEmulatorThread", "spec.cpu.numa", "spec.cpu.realtime",
}

// inTemplate is what takes in a template the place of an action group of virtual machines. All others are
// EDIT_TEMPLATE_PROPERTIES there.
var inTemplate = map[ovirt.ActionGroup]ovirt.ActionGroup{
	ovirt.ConfigureVMNetwork:    ovirt.ConfigureTemplateNetwork,
	ovirt.EditAdminVMProperties: ovirt.EditAdminTemplateProperties,
}

func templatesAreHeld(q *Question) ([]need, error) {
	resource := q.Request.Resource.Resource
	if !slices.ContainsFunc(templateKinds, func(k templateKind) bool { return k.resource == resource && k.group == q.Request.Resource.Group }) {
		return nil, nil
	}
	object, old, err := q.writes()
	switch {
	case err != nil, object != nil && going(old):
		return nil, err
	case resource != "virtualmachinetemplateversions":
		return q.changedTemplate(old, object), nil
	case q.Request.Operation == admissionv1.Delete:
		return []need{q.ofTemplate(old, ovirt.DeleteTemplate)}, nil
	}
	now := q.machineOf(object)
	if old == nil {
		create := q.ofTemplate(object, ovirt.CreateTemplate)
		create.or = ovirt.CopyTemplate
		return append([]need{create}, q.adminParts(object, now)...), nil
	}
	return q.changedVersion(old, object), nil
}

// changedTemplate are the needs of a template that is one object. To create one at all, authorization decides.
func (q *Question) changedTemplate(old, object tree) []need {
	r := q.Request
	on := policy.Spot{Type: ovirt.Template, Namespace: r.Namespace, Name: r.Name, Resource: r.Resource.Resource}
	var needs []need
	if old != nil {
		needs = append(needs, need{group: ovirt.EditTemplateProperties, on: on})
	}
	for _, path := range differences("spec", child(old, "spec"), child(object, "spec")) {
		if slices.ContainsFunc(adminFields, func(field string) bool { return within(path, field) }) {
			needs = append(needs, need{field: path, group: ovirt.EditAdminTemplateProperties, on: on})
		}
	}
	return needs
}

// adminParts are what a new version of a template takes beside CREATE_TEMPLATE.
func (q *Question) adminParts(object tree, now *machine) []need {
	var needs []need
	for _, path := range changedPaths(nil, now) {
		if c := changeAt(path); c.group == ovirt.EditAdminVMProperties {
			n := q.ofTemplate(object, ovirt.EditAdminTemplateProperties)
			n.field = now.at + path
			needs = append(needs, n)
		}
	}
	return needs
}

// changedVersion are the needs of a version that changes, on the template that it was of and on the one that it is of.
func (q *Question) changedVersion(old, object tree) []need {
	before, now := q.machineOf(old), q.machineOf(object)
	groups := map[ovirt.ActionGroup]string{}
	for _, path := range changedPaths(before, now) {
		group, ok := inTemplate[changeAt(path).group]
		if !ok {
			group = ovirt.EditTemplateProperties
		}
		groups[group] = now.at + path
	}
	if len(groups) == 0 || templateOf(old) != templateOf(object) {
		groups[ovirt.EditTemplateProperties] = "spec.templateId"
	}
	var needs []need
	for _, group := range []ovirt.ActionGroup{ovirt.ConfigureTemplateNetwork, ovirt.EditAdminTemplateProperties, ovirt.EditTemplateProperties} {
		if field, ok := groups[group]; ok {
			was, is := q.ofTemplate(old, group), q.ofTemplate(object, group)
			was.field, is.field = field, field
			needs = append(needs, was, is)
		}
	}
	attached, _ := networksOf(q, now) // it cannot fail
	had, _ := networksOf(q, before)
	for _, n := range added(attached, had) {
		n.group = ovirt.ConfigureTemplateNetwork
		needs = append(needs, n)
	}
	return needs
}

func templateOf(version tree) string { return text(child(version, "spec"), "templateId") }

// ofTemplate is the need of an action group on the template that a version names.
func (q *Question) ofTemplate(version tree, group ovirt.ActionGroup) need {
	ns, name := scoped(templateOf(version), q.Request.Namespace)
	return need{field: "spec.templateId", group: group,
		on: policy.Spot{Type: ovirt.Template, Namespace: ns, Name: name, Resource: "virtualmachinetemplates"}}
}
