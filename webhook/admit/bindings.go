package admit

import (
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// bindings guards who has which of Rancher's roles. Like the roles they stand in the cluster on which Rancher runs, and
// nothing on the other clusters asks again.
//
// Rancher's own controllers are not bound: they give the creator of a cluster his role, and turn principals into users.
//
// Upstream: rancher/webhook pkg/resources/management.cattle.io/v3/{clusterroletemplatebinding,
// projectroletemplatebinding,globalrolebinding}.
var bindings = Guard{
	Name: "bindings",
	Doc: "Refuses bindings of Rancher's RoleTemplates and GlobalRoles that give more than their writer holds, give nothing or to nobody, " +
		"or say twice what is given; keeps what they give as it is, and owners from those who are less.",
	Rules: []admissionregv1.RuleWithOperations{
		alsoOnDelete(onWrite(policy.RancherGroup, "clusterroletemplatebindings", admissionregv1.NamespacedScope)),
		alsoOnDelete(onWrite(policy.RancherGroup, "projectroletemplatebindings", admissionregv1.NamespacedScope)),
		alsoOnDelete(onWrite(policy.RancherGroup, "globalrolebindings", admissionregv1.ClusterScope)),
	},
	Checks: []Check{
		{"immutable", judgeBinding(givesTheSame)},
		{"role", judgeBinding(roleCanBeBound)},
		{"target", judgeBinding(standsWhereItBinds)},
		{"subject", judgeBinding(namesOne)},
		{"escalation", judgeBinding(bindsWhatIsHeld)},
		{"duplicate", judgeBinding(givesItOnce)},
		{"owners", ownersStay},
	},
	Unblocked: policy.RancherControllers(), // who are not bound anyway
}

// binding is any of the three kinds: two of them name a RoleTemplate, the other one a GlobalRole.
type binding struct {
	policy.TemplateBinding
	GlobalRoleName string `json:"globalRoleName"`
}

func (b *binding) global() bool    { return b.Kind == "GlobalRoleBinding" }
func (b *binding) inProject() bool { return b.Kind == "ProjectRoleTemplateBinding" }

// asGlobal is the binding as what it is when it is global.
func (b *binding) asGlobal() *policy.GlobalRoleBinding {
	return &policy.GlobalRoleBinding{Object: b.Object, GlobalRoleName: b.GlobalRoleName}
}

// bindingField is one that says what a binding gives, or to whom.
type bindingField struct {
	path string
	of   func(*binding) string
}

// fixedFields say what a binding gives and where; they stay as they are for as long as it is there.
var fixedFields = []bindingField{
	{"roleTemplateName", func(b *binding) string { return b.RoleTemplateName }},
	{"globalRoleName", func(b *binding) string { return b.GlobalRoleName }},
	{"clusterName", func(b *binding) string { return b.ClusterName }},
	{"projectName", func(b *binding) string { return b.ProjectName }},
	{"serviceAccount", func(b *binding) string { return b.ServiceAccount }},
	{"metadata.labels[" + grbOwner + "]", func(b *binding) string { return b.Metadata.Labels[grbOwner] }},
}

// nameFields say to whom; one that is empty can be filled in, since Rancher finds the user of a principal later.
var nameFields = []bindingField{
	{"userName", func(b *binding) string { return b.UserName }},
	{"userPrincipalName", func(b *binding) string { return b.UserPrincipalName }},
	{"groupName", func(b *binding) string { return b.GroupName }},
	{"groupPrincipalName", func(b *binding) string { return b.GroupPrincipalName }},
}

// sameNames says whether an update leaves it to the same people.
func sameNames(b, old *binding) bool {
	for _, f := range nameFields {
		if f.of(b) != f.of(old) {
			return false
		}
	}
	return b.ServiceAccount == old.ServiceAccount
}

// sameGift says whether an update leaves what is given, where, and to whom.
func sameGift(b, old *binding) bool {
	for _, f := range fixedFields {
		if f.of(b) != f.of(old) {
			return false
		}
	}
	return sameNames(b, old)
}

// judgeBinding makes a check of a rule about bindings.
func judgeBinding(rule func(q *Question, b, old *binding) Verdict) func(*Question) Verdict {
	judgeIt := judge(func(q *Question, b, old *binding) Verdict {
		b.Kind = q.Request.Kind.Kind
		return rule(q, b, old)
	})
	return func(q *Question) Verdict {
		if q.Snapshot.IsController(q.Who.Name) {
			return Verdict{}
		}
		return judgeIt(q)
	}
}

// givesTheSame keeps a binding from becoming another one, which would be a way around what its creation asked for.
func givesTheSame(_ *Question, b, old *binding) Verdict {
	if old == nil {
		return Verdict{}
	}
	const never = "cannot be changed: make another binding, and delete this one"
	for _, f := range fixedFields {
		if f.of(b) != f.of(old) {
			return invalid(f.path, never)
		}
	}
	for _, f := range nameFields {
		if f.of(old) != "" && f.of(b) != f.of(old) {
			return invalid(f.path, never)
		}
	}
	return Verdict{}
}
