package admit

import (
	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// creators marks what users of the hierarchy make with their names, by which they are given a role on it that goes when
// it goes. So a mark is only ever written from who sends the request, and does not change.
//
// Whoever makes something can make it without the mark: while Bailiwick cannot be asked, he does. A mark that he sends
// himself is never taken.
//
// Upstream: ovirt-engine AddVmCommand, AddVmTemplateCommand, AddDiskCommand, AddNetworkCommand, AddVnicProfileCommand.
var creators = Guard{
	Name: "creators",
	Doc: "Marks virtual machines, templates, images, disks and networks with the user of the hierarchy who makes them, by the annotation " +
		"and the label " + policy.CreatorAnnotation + ", and keeps these marks as they are: only platform admins change them.",
	Rules:   creatorRules,
	Marking: markings,
	Mutate:  markCreator,
	Narrow: func(*policy.Snapshot) []Narrowing {
		return []Narrowing{{Rules: creatorRules, Conditions: remarkings}}
	},
	Checks: []Check{{"mark", markIsTrue}},
}

var creatorRules = []admissionregv1.RuleWithOperations{
	machineWrites,
	onWrite(harvesterGroup, "virtualmachinetemplates", admissionregv1.NamespacedScope),
	onWrite(harvesterGroup, "virtualmachineimages", admissionregv1.NamespacedScope),
	onWrite("", "persistentvolumeclaims", admissionregv1.NamespacedScope),
	onWrite(cdiGroup, "datavolumes", admissionregv1.NamespacedScope),
	onWrite(attachmentGroup, "network-attachment-definitions", admissionregv1.NamespacedScope),
	onWrite(policy.NetworkGroup, "clusternetworks", admissionregv1.ClusterScope),
}

var (
	notMasters = admissionregv1.MatchCondition{Name: "not-masters", Expression: not(inGroups([]string{"system:masters"}))}
	marked     = differs("annotations", policy.CreatorAnnotation) + " || " + differs("labels", policy.CreatorLabel)

	// markings are what Mutate is told of: what users make, and whatever else carries a mark already.
	markings = []admissionregv1.MatchCondition{notMasters, {Name: "by-users", Expression: "(" + byUsers[0].Expression + " && " + byUsers[1].Expression + ") || " + marked}}
	// remarkings are what the check is told of.
	remarkings = []admissionregv1.MatchCondition{notMasters, {Name: "marked", Expression: marked}}
)

// mark is what stands on an object about its creator.
type mark struct{ user, label string }

func markOf(o *policy.Object) mark {
	return mark{o.Metadata.Annotations[policy.CreatorAnnotation], o.Metadata.Labels[policy.CreatorLabel]}
}

// due is the mark that an object gets when it is made: none if its maker makes it by other rights than roles of the
// hierarchy, or if it is a machine over which he may give rights to others anyway.
func (q *Question) due(object *policy.VirtualMachine) mark {
	if !q.onlyByRoles() {
		return mark{}
	}
	if q.Request.Resource.Resource == "virtualmachines" {
		all := policy.Spot{Type: ovirt.VirtualMachine, Namespace: q.Request.Namespace}
		if object.InPool() || !q.Snapshot.Lacks(q.Who, ovirt.ManipulatePermissions, all) {
			return mark{}
		}
	}
	return mark{q.Who.Name, policy.CreatorID(q.Who.Name)}
}

// markIsTrue refuses marks that are not due, and changes of marks. Platform admins may write any.
func markIsTrue(q *Question) Verdict {
	if q.Snapshot.IsPlatformAdmin(q.Who) {
		return Verdict{}
	}
	object, old, err := decode[policy.VirtualMachine](q)
	if err != nil {
		return invalid("", "%v", err)
	}
	switch is := markOf(&object.Object); {
	case old != nil && is != markOf(&old.Object):
		return forbid("%s: who made it stands in the annotation and the label %s, which only platform admins change", q.object(), policy.CreatorAnnotation)
	case old == nil && is != (mark{}) && is != q.due(object):
		return forbid("%s: leave out the annotation and the label %s, they are written for you", q.object(), policy.CreatorAnnotation)
	default:
		return Verdict{}
	}
}

// markCreator writes the mark that is due, whatever was sent, on what is new.
func markCreator(q *Question) Verdict {
	var object policy.VirtualMachine
	if q.Request.Operation != admissionv1.Create || q.Snapshot.IsPlatformAdmin(q.Who) || policy.Decode(q.Request.Object.Raw, &object) != nil {
		return Verdict{}
	}
	due := q.due(&object)
	patch := setKey(nil, "annotations", object.Metadata.Annotations, policy.CreatorAnnotation, due.user)
	return Verdict{Patch: setKey(patch, "labels", object.Metadata.Labels, policy.CreatorLabel, due.label)}
}

// setKey sets a key of labels or annotations, or takes it away when the value is empty.
func setKey(patch []PatchOp, field string, have map[string]string, key, value string) []PatchOp {
	was, there := have[key]
	path := "/metadata/" + field
	switch {
	case value == "" && there:
		return append(patch, PatchOp{Op: "remove", Path: path + "/" + escape(key)})
	case was == value:
		return patch
	case have == nil:
		patch = append(patch, PatchOp{Op: "add", Path: path, Value: map[string]string{}})
	}
	return append(patch, PatchOp{Op: "add", Path: path + "/" + escape(key), Value: value})
}
