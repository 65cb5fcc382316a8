package main

import (
	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// objectTree makes each object once.
type objectTree struct {
	snap  *policy.Snapshot
	root  *node
	nodes map[v1alpha1.ObjectReference]*node
}

func newTree(snap *policy.Snapshot) *objectTree {
	system := reference(ovirt.System, "", "", "")
	t := &objectTree{snap: snap, root: &node{Object: "System", order: ovirt.System}}
	t.nodes = map[v1alpha1.ObjectReference]*node{system: t.root}
	for _, name := range snap.DataCenters() {
		t.node(reference(ovirt.DataCenter, "", "", name))
	}
	for _, c := range snap.Clusters() {
		t.node(reference(ovirt.Cluster, policy.ClusterRef(c.Ref()).String(), "", ""))
	}
	return t
}

func reference(on ovirt.ObjectType, cluster, namespace, name string) v1alpha1.ObjectReference {
	return v1alpha1.ObjectReference{Kind: v1alpha1.ObjectType(on.String()), Cluster: cluster, Namespace: namespace, Name: name}
}

func (t *objectTree) add(p *policy.Permission) {
	on := p.On
	on.UID = ""
	n := t.node(on)
	n.Assigned = append(n.Assigned, newAssignmentRow(p))
}

// node is that of an object, which comes under all that is right above it.
func (t *objectTree) node(on v1alpha1.ObjectReference) *node {
	if n := t.nodes[on]; n != nil {
		return n
	}
	kind, _ := ovirt.ObjectTypeByName(string(on.Kind))
	n := &node{Object: policy.ObjectText(on), order: kind}
	if kind == ovirt.Cluster && on.Cluster == "" {
		n.Object = "every cluster"
	}
	t.nodes[on] = n
	for _, above := range t.above(kind, on) {
		above.Under = append(above.Under, n)
	}
	return n
}

func (t *objectTree) above(kind ovirt.ObjectType, on v1alpha1.ObjectReference) []*node {
	switch kind {
	case ovirt.DataCenter:
		return []*node{t.root}
	case ovirt.Namespace, ovirt.Host:
		return []*node{t.node(reference(ovirt.Cluster, on.Cluster, "", ""))}
	case ovirt.VirtualMachine, ovirt.VirtualMachinePool, ovirt.Template, ovirt.Disk:
		return []*node{t.node(reference(ovirt.Namespace, on.Cluster, "", on.Namespace))}
	default: // Cluster, and what is beside it
		return t.dataCenters(on.Cluster)
	}
}

// dataCenters are those of a cluster, or the system when it is in none.
func (t *objectTree) dataCenters(cluster string) []*node {
	var nodes []*node
	if ref, err := policy.ParseClusterRef(cluster); err == nil && t.snap.Cluster(ref) != nil {
		for _, name := range t.snap.DataCentersMatching(t.snap.Cluster(ref).Metadata.Labels) {
			nodes = append(nodes, t.node(reference(ovirt.DataCenter, "", "", name)))
		}
	}
	if nodes == nil {
		return []*node{t.root}
	}
	return nodes
}
