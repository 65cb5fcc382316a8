package policy_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// TestHierarchyAgreesWithTheNaiveCheck asks both of many small worlds: in the same places, by the same names, so that
// assignments and questions meet often.
func TestHierarchyAgreesWithTheNaiveCheck(t *testing.T) {
	worlds, perWorld := 2000, 500
	if underRace || testing.Short() {
		worlds = 40
	}
	asks := everyAsk()
	allowed := map[bool]int{}
	for seed := range worlds {
		r := rand.New(rand.NewPCG(uint64(seed), 6))
		w := randomWorld(r)
		snap := w.compile(t)
		for range perWorld {
			who, ask := w.randomWho(r), w.randomAsk(r, asks)
			want := w.allowed(who, ask)
			reason, got := snap.RoleGrant(who, ask)
			if got != want {
				t.Fatalf("seed %d on %q: want %v, got %v (%s)\n%+v\n%+v\n%s", seed, w.self, want, got, reason, who, *ask, w.text())
			}
			allowed[want]++
		}
	}
	t.Logf("%d allowed, %d not", allowed[true], allowed[false])
	require.Greater(t, allowed[true], allowed[false]/20, "the cases say little")
	require.Greater(t, allowed[false], allowed[true]/5, "the cases say little")
}

var (
	worldNamespaces = []string{"a", "b"}
	worldUsers      = []string{"u0", "u1", "u2", "system:serviceaccount:a:sa"}
	worldGroups     = []string{"g0", "g1", everybody}
	sites           = []string{"north", "south"}
	custom          = []string{"custom0", "custom1", "custom2"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// maybe is one of them or, as often, nothing.
func maybe(r *rand.Rand, from ...string) string {
	if r.IntN(2) == 0 {
		return ""
	}
	return pick(r, from)
}

func randomWorld(r *rand.Rand) *world {
	w := &world{now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), roles: map[string]worldRole{}}
	for _, name := range []string{"SveltosCluster:a/one", "SveltosCluster:a/two", "Cluster:b/three"} {
		w.clusters = append(w.clusters, worldCluster{name, pick(r, sites), "uid-" + name})
	}
	w.self = pick(r, []string{w.clusters[0].name, w.clusters[0].name, w.clusters[2].name, ""})
	for i, sites := range [][]string{{"north"}, {"south", "north"}, {"east"}} {
		w.centers = append(w.centers, worldCenter{fmt.Sprintf("dc%d", i), fmt.Sprintf("uid-dc%d", i), sites})
	}
	w.stock(r)
	w.someRoles(r)
	for range 4 + r.IntN(8) {
		w.permissions = append(w.permissions, w.randomPermission(r))
	}
	return w
}

// stock fills the cluster: of most names there is an object.
func (w *world) stock(r *rand.Rand) {
	add := func(t thing) {
		if r.IntN(8) > 0 {
			t.uid, t.creator = fmt.Sprintf("uid-%s-%s-%s", t.kind, t.namespace, t.name), maybe(r, worldUsers...)
			w.things = append(w.things, t)
		}
	}
	for i := range 2 {
		add(thing{on: ovirt.Host, kind: "Node", name: fmt.Sprintf("o%d", i)})
		add(thing{on: ovirt.StorageDomain, kind: "StorageClass", name: fmt.Sprintf("o%d", i)})
		add(thing{on: ovirt.Network, kind: "ClusterNetwork", name: fmt.Sprintf("o%d", i)})
		add(thing{kind: "VlanConfig", name: fmt.Sprintf("o%d", i), network: pick(r, []string{"o0", "o1"})})
	}
	for _, namespace := range worldNamespaces {
		add(thing{on: ovirt.Namespace, kind: "Namespace", name: namespace})
		for _, name := range []string{"o0", "o1"} {
			add(thing{on: ovirt.VirtualMachine, kind: "VirtualMachine", namespace: namespace, name: name,
				disks: []string{pick(r, []string{"o0", "o1", "o2"})}, pooled: r.IntN(4) == 0})
			add(thing{on: ovirt.VirtualMachinePool, kind: "VirtualMachinePool", namespace: namespace, name: name})
			add(thing{on: ovirt.Template, kind: "VirtualMachineTemplate", namespace: namespace, name: name})
			add(thing{on: ovirt.Template, kind: "VirtualMachineImage", namespace: namespace, name: name})
			add(thing{kind: "VirtualMachineTemplateVersion", namespace: namespace, name: name, template: maybe(r, "o0", "o1")})
			add(thing{on: ovirt.Disk, kind: "PersistentVolumeClaim", namespace: namespace, name: name, class: maybe(r, "o0", "o1"), filled: r.IntN(2) == 0})
			add(thing{on: ovirt.Disk, kind: "DataVolume", namespace: namespace, name: name, class: maybe(r, "o0", "o1")})
			add(thing{on: ovirt.VnicProfile, kind: "NetworkAttachmentDefinition", namespace: namespace, name: name, network: maybe(r, "o0", "o1")})
		}
	}
}

// someRoles are all predefined ones, and a few of one's own.
func (w *world) someRoles(r *rand.Rand) {
	for _, role := range ovirt.Roles() {
		own := worldRole{name: role.Name, admin: role.Type == ovirt.Admin, views: role.ViewsChildren, groups: role.Groups}
		if on, is := limited[role.Name]; is {
			own.only = []ovirt.ObjectType{on}
		}
		w.roles[role.Name] = own
	}
	for _, name := range custom {
		role := worldRole{name: name, admin: r.IntN(2) == 0, views: r.IntN(2) == 0}
		for g := range ovirt.AllGroups.All() {
			if r.IntN(4) == 0 && (role.admin || g.Type() == ovirt.User) {
				role.groups = role.groups.With(g)
			}
		}
		for on := ovirt.System; on <= ovirt.VnicProfile; on++ {
			if r.IntN(8) == 0 {
				role.only = append(role.only, on)
			}
		}
		for range r.IntN(3) {
			role.rules = append(role.rules, pick(r, ownRules))
		}
		w.roles[name] = role
	}
}

var ownRules = []ownRule{{"get", "", "secrets"}, {"*", "", "namespaces"}, {"*", "kubevirt.io", "virtualmachines"}, {"get", "*", "*"},
	{"update", "subresources.kubevirt.io", "virtualmachines/start"}, {"*", "bailiwick.dev", "datacenters"}, {"delete", "storage.k8s.io", "storageclasses"}}

func (w *world) randomPermission(r *rand.Rand) permission {
	p := permission{role: pick(r, custom), on: ovirt.ObjectType(1 + r.IntN(int(ovirt.VnicProfile)))}
	if r.IntN(4) > 0 {
		p.role = pick(r, ovirt.Roles()).Name
	}
	if p.user = maybe(r, worldUsers...); p.user == "" {
		p.group = pick(r, worldGroups)
	}
	if r.IntN(8) == 0 {
		p.ends = w.now.Add(time.Duration(r.IntN(3)-1) * time.Hour)
	}
	switch p.on {
	case ovirt.System:
		return p
	case ovirt.DataCenter:
		p.name, p.uid = pick(r, []string{"dc0", "dc1", "dc2", "dc3"}), maybe(r, "uid-dc0", "uid-dc1")
		return p
	case ovirt.Cluster:
		c := pick(r, w.clusters)
		p.cluster, p.uid = c.name, maybe(r, c.uid, c.uid, "uid-other")
		return p
	default:
		w.inCluster(r, &p)
		return p
	}
}

// inCluster puts a permission on something in a cluster.
func (w *world) inCluster(r *rand.Rand, p *permission) {
	p.name, p.cluster = pick(r, []string{"o0", "o1"}), maybe(r, w.clusters[0].name)
	if p.on == ovirt.Namespace {
		p.name = pick(r, worldNamespaces)
	}
	for _, on := range namespaced {
		if on == p.on {
			p.namespace = pick(r, worldNamespaces)
		}
	}
	if r.IntN(3) == 0 {
		p.uid = pick(r, append([]thing{{uid: "uid-other"}}, w.things...)).uid
		for _, t := range w.things {
			if t.on == p.on && t.name == p.name && t.namespace == p.namespace {
				p.uid = t.uid
			}
		}
	}
}

// compile reads the world as the objects that it would be.
func (w *world) compile(t *testing.T) *policy.Snapshot {
	t.Helper()
	objs := &policy.Objects{}
	for _, o := range w.objects() {
		raw, err := json.Marshal(o)
		require.NoError(t, err)
		require.Empty(t, objs.Add(raw, policy.Position{}))
	}
	opts := policy.Options{Now: w.now}
	if w.self != "" {
		ref, err := policy.ParseClusterRef(w.self)
		require.NoError(t, err)
		opts.Self = ref
	}
	snap, problems := policy.Compile(objs, opts)
	for _, p := range problems {
		require.Contains(t, p.Message, "the assignment ended", "%s", p)
	}
	return snap
}

type obj = map[string]any

var apiVersions = map[string]string{"Node": "v1", "Namespace": "v1", "PersistentVolumeClaim": "v1", "StorageClass": "storage.k8s.io/v1",
	"ClusterNetwork": "network.harvesterhci.io/v1beta1", "VlanConfig": "network.harvesterhci.io/v1beta1", "VirtualMachine": "kubevirt.io/v1",
	"VirtualMachinePool": "pool.kubevirt.io/v1beta1", "VirtualMachineTemplate": "harvesterhci.io/v1beta1", "VirtualMachineImage": "harvesterhci.io/v1beta1",
	"VirtualMachineTemplateVersion": "harvesterhci.io/v1beta1", "DataVolume": "cdi.kubevirt.io/v1beta1", "NetworkAttachmentDefinition": "k8s.cni.cncf.io/v1"}

func (w *world) objects() []obj {
	var all []obj
	for _, c := range w.clusters {
		kind, rest, _ := strings.Cut(c.name, ":")
		namespace, name, _ := strings.Cut(rest, "/")
		version := map[string]string{"SveltosCluster": "lib.projectsveltos.io/v1beta1", "Cluster": "cluster.x-k8s.io/v1beta1"}[kind]
		all = append(all, obj{"apiVersion": version, "kind": kind, "metadata": obj{"namespace": namespace, "name": name, "uid": c.uid, "labels": obj{"site": c.site}}})
	}
	for _, c := range w.centers {
		all = append(all, obj{"apiVersion": "bailiwick.dev/v1alpha1", "kind": "DataCenter", "metadata": obj{"name": c.name, "uid": c.uid},
			"spec": obj{"clusterSelector": obj{"matchExpressions": []obj{{"key": "site", "operator": "In", "values": c.sites}}}}})
	}
	for _, name := range custom {
		all = append(all, w.roles[name].object())
	}
	for _, t := range w.things {
		all = append(all, t.object())
	}
	for i, p := range w.permissions {
		all = append(all, p.object(i))
	}
	return all
}

func (r worldRole) object() obj {
	spec := obj{"type": map[bool]string{true: "Admin", false: "User"}[r.admin], "viewsChildren": r.views}
	var groups, types []string
	for g := range r.groups.All() {
		groups = append(groups, g.String())
	}
	for _, on := range r.only {
		types = append(types, on.String())
	}
	spec["actionGroups"], spec["objectTypes"] = groups, types
	var rules []obj
	for _, o := range r.rules {
		rules = append(rules, obj{"verbs": []string{o.verb}, "apiGroups": []string{o.group}, "resources": []string{o.resource}})
	}
	spec["rules"] = rules
	return obj{"apiVersion": "bailiwick.dev/v1alpha1", "kind": "RoleDefinition", "metadata": obj{"name": r.name}, "spec": spec}
}

func (t *thing) object() obj {
	meta, spec := obj{"namespace": t.namespace, "name": t.name, "uid": t.uid}, obj{}
	if t.creator != "" {
		meta["annotations"] = obj{policy.CreatorAnnotation: t.creator}
	}
	var owner obj
	switch t.kind {
	case "VirtualMachine":
		spec["template"] = obj{"spec": obj{"volumes": []obj{{"persistentVolumeClaim": obj{"claimName": t.disks[0]}}}}}
		owner = obj{"kind": "VirtualMachinePool", "name": "o0"}
	case "PersistentVolumeClaim":
		owner = obj{"kind": "DataVolume", "name": t.name}
		if t.class != "" {
			spec["storageClassName"] = t.class
		}
	case "DataVolume":
		if t.class != "" {
			spec["storage"] = obj{"storageClassName": t.class}
		}
	case "NetworkAttachmentDefinition":
		meta["labels"] = obj{"network.harvesterhci.io/clusternetwork": t.network}
	case "VlanConfig":
		spec["clusterNetwork"] = t.network
	case "VirtualMachineTemplateVersion":
		spec["templateId"] = t.namespace + "/" + t.template
	}
	if t.pooled || t.filled {
		meta["ownerReferences"] = []obj{owner}
	}
	return obj{"apiVersion": apiVersions[t.kind], "kind": t.kind, "metadata": meta, "spec": spec}
}

func (p *permission) object(i int) obj {
	subject := obj{"kind": "User", "name": p.user}
	switch {
	case p.group == everybody:
		subject = obj{"kind": "Everyone"}
	case p.group != "":
		subject = obj{"kind": "Group", "name": p.group}
	case strings.HasPrefix(p.user, "system:serviceaccount:"):
		sa, _ := policy.ParseServiceAccount(p.user)
		subject = obj{"kind": "ServiceAccount", "namespace": sa.Namespace, "name": sa.Name}
	}
	spec := obj{"roleRef": obj{"name": p.role}, "subjects": []obj{subject},
		"object": obj{"kind": p.on.String(), "cluster": p.cluster, "namespace": p.namespace, "name": p.name, "uid": p.uid}}
	if !p.ends.IsZero() {
		spec["expires"] = p.ends.Format(time.RFC3339)
	}
	return obj{"apiVersion": "bailiwick.dev/v1alpha1", "kind": "RoleAssignment", "metadata": obj{"name": fmt.Sprintf("ra%02d", i)}, "spec": spec}
}

func (w *world) text() string {
	var b strings.Builder
	for _, o := range w.objects() {
		raw, _ := json.Marshal(o)
		fmt.Fprintf(&b, "%s\n", raw)
	}
	return b.String()
}

// everyAsk is a question for each line of the tables, without names.
func everyAsk() []policy.Ask {
	var asks []policy.Ask
	add := func(rule ovirt.Rule) {
		for _, verb := range rule.Verbs {
			for _, resource := range rule.Resources {
				a := policy.Ask{Verb: verb, Group: rule.APIGroup}
				a.Resource, a.Subresource, _ = strings.Cut(resource, "/")
				asks = append(asks, a)
			}
		}
	}
	for on := ovirt.AnyObject; on <= ovirt.VnicProfile; on++ {
		for rule := range ovirt.RulesOf(ovirt.AllGroups, on) {
			add(rule)
		}
		for rule := range ovirt.Reads(on) {
			add(rule)
		}
	}
	return append(asks, policy.Ask{Verb: "get", Resource: "secrets"}, policy.Ask{Verb: "deletecollection", Group: "kubevirt.io", Resource: "virtualmachines"})
}

func (w *world) randomWho(r *rand.Rand) policy.Subject {
	who := policy.Subject{Name: pick(r, worldUsers)}
	for _, g := range worldGroups {
		if r.IntN(2) == 0 {
			who.Groups = append(who.Groups, g)
		}
	}
	return who
}

func (w *world) randomAsk(r *rand.Rand, all []policy.Ask) *policy.Ask {
	ask := pick(r, all)
	ask.Namespace = pick(r, []string{"a", "a", "b", ""})
	if r.IntN(3) > 0 {
		ask.Name = pick(r, []string{"o0", "o1", "o2", "a", "one", "three", "dc0", "dc1"})
	}
	if (ask.Verb == "list" || ask.Verb == "watch") && r.IntN(3) == 0 {
		ask.Labels, _ = labels.ParseToRequirements(policy.CreatorLabel + "=" + policy.CreatorID(pick(r, worldUsers)))
	}
	return &ask
}
