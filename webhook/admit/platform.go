package admit

import (
	"reflect"
	"slices"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// platform guards the kinds of Harvester that act with the rights of the cluster's administrator, or on the nodes,
// although they are namespaced: the published role of a project's manager may write all of them in the project.
//
// Upstream: harvester/charts charts/harvester-rbac, virt-project-manage and virt-project-view.
var platform = Guard{
	Name: "platform",
	Doc: "Keeps Harvester's Upgrades, Versions, SupportBundles, BlockDevices and Addons, and images in namespaces of the platform, " +
		"from those who may write them only in some namespaces.",
	Rules:  platformRules(),
	Narrow: narrowPlatform,
	Checks: []Check{
		{"holder", judgePlatform(platformIsHeld)},
		{"home", judgePlatform(platformIsAtHome)},
		{"collected", judgePlatform(collectsWhatIsReadable)},
	},
}

const (
	harvesterGroup     = "harvesterhci.io"
	harvesterNamespace = "harvester-system"
)

// platformKind is a kind that does more than its namespace shows.
type platformKind struct {
	resource string
	// why it is guarded, as the end of a sentence.
	why string
	// home is the only namespace that it belongs in; empty: any.
	home string
	// where it is guarded; elsewhere the right to write it there is enough. Nil: everywhere.
	where *inNamespaces
}

// Upstream: harvester pkg/controller/master/{addon,upgrade,supportbundle}, which do not look at the namespace; issue
// harvester/harvester#10491 for images; harvester/node-disk-manager for block devices.
var platformKinds = []platformKind{
	{resource: "upgrades", why: "it changes all nodes", home: harvesterNamespace},
	{resource: "versions", why: "nodes are upgraded to what it names", home: harvesterNamespace},
	{resource: "supportbundles", why: "it collects from the platform's namespaces and the nodes", home: harvesterNamespace},
	{resource: "blockdevices", why: "it formats disks of the nodes"},
	{resource: "addons", why: "Harvester installs its chart as the administrator of the cluster",
		where: &inNamespaces{metav1.LabelSelectorOpNotIn, addonNamespaces}},
	{resource: "virtualmachineimages", why: "the namespace is the platform's, and hidden from users",
		where: &inNamespaces{metav1.LabelSelectorOpIn, policy.SystemNamespaces()}},
}

// addonNamespaces are where Harvester itself puts addons. All of these exist on every Harvester, so that nobody can have
// made one for himself.
//
// Upstream: harvester/addons pkg/templates/rancherd-22-addons.yaml.
var addonNamespaces = []string{"cattle-logging-system", "cattle-monitoring-system", harvesterNamespace, "kube-system"}

func platformRules() []admissionregv1.RuleWithOperations {
	var rules []admissionregv1.RuleWithOperations
	for _, k := range platformKinds {
		rules = append(rules, onWrite(harvesterGroup, k.resource, admissionregv1.NamespacedScope))
	}
	return rules
}

// platformObject is an object of one of the platformKinds.
//
// Upstream: harvester pkg/apis/harvesterhci.io/v1beta1.
type platformObject struct {
	policy.Object
	Spec tree `json:"spec"`
}

// judgePlatform makes a check of a rule about these kinds. Harvester's own accounts may write them, and what an update
// leaves as it was is only warned about.
func judgePlatform(rule func(*Question, *platformKind, *platformObject) Verdict) func(*Question) Verdict {
	judgeIt := judge(func(q *Question, object, old *platformObject) Verdict {
		at := slices.IndexFunc(platformKinds, func(k platformKind) bool { return k.resource == q.Request.Resource.Resource })
		v := rule(q, &platformKinds[at], object)
		if v.Refusal != nil && old != nil && reflect.DeepEqual(object.Spec, old.Spec) {
			return warn("%s (not changed by this write)", v.Refusal.Message)
		}
		return v
	})
	return func(q *Question) Verdict {
		if trusted(q) || policy.IsEssential(q.Who) || q.accountOf(harvesterNamespace) {
			return Verdict{}
		}
		return judgeIt(q)
	}
}
