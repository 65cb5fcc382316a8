// Package ovirt is the catalogue of oVirt's multi-level administration, as data: its action groups, its predefined
// roles, and what each of them means to Kubernetes, KubeVirt and Harvester.
//
// A role is a set of action groups. An assignment gives a role to somebody on an object, and holds for everything under
// that object too. A request of the Kubernetes API becomes a list of [Requirement]s ([For]), of which one has to be met:
// that somebody holds an action group on the object that the request is about. Which objects stand above which, and
// who was assigned what, is not known here.
//
// Upstream: oVirt/ovirt-engine 4.5: ActionGroup, VdcObjectType, 00500_insert_roles.sql, 00700_insert_roles_groups.sql
// with all upgrade scripts, and getPermissionCheckSubjects of each command. The mapping to Kubernetes is ours; where it
// cannot hold what the engine does, [ActionGroup.Note] says so.
package ovirt

// Requirement is one way in which a request may be allowed: its user holds an action group on an object.
type Requirement struct {
	Group ActionGroup
	// On is the type of that object. An action group may be asked of several types: creating a virtual machine asks
	// CREATE_VM of where it will be and of the template that it is made from.
	On    ObjectType
	Place Place
	// Told says whether the request alone tells enough.
	Told Told
}

// Place says which object of its type a Requirement is about. Whoever holds the group on an object above it meets the
// Requirement too, unless the place is Itself.
type Place uint8

const (
	// Named is the object that the request names. A list or watch that names none is about all objects of the type in
	// its namespace or cluster, so only what is above all of them counts.
	Named Place = iota + 1
	// Container is no object yet, or none that the request names: what counts is what is above every object of the type
	// in the request's namespace or cluster. For Cluster that is the cluster that is asked, for System the System.
	Container
	// Body is an object that only the body of the request tells, or, of one that is stored, what it belongs to: the
	// virtual machine of a snapshot, the storage class of a claim. If Told is not Request, the authorizer may let pass
	// who holds the group on any object of the type in the namespace or cluster, or above; admission then asks of
	// the object itself. Otherwise nothing asks again, and the object has to be known.
	Body
	// Itself is the object that the request names, and nothing above it.
	Itself
)

// Told says who can tell whether a request stays within an action group.
type Told uint8

const (
	// Request is the request without its body. Authorization is enough, and plain RBAC can hold the rule.
	Request Told = iota + 1
	// RequestAndBody is for admission, which narrows further what the request tells. Plain RBAC would be somewhat too wide.
	RequestAndBody
	// OnlyBody is for admission alone. The rule must not become plain RBAC, which would give the whole verb.
	OnlyBody
)
