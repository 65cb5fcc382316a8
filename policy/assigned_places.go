package policy

import (
	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// placed is where an assignment holds on the cluster that is served.
type placed struct {
	place // as the assignment says
	// places are where it is looked for; none: it holds elsewhere.
	places []place
	// uid is what the object that asks has to have, when that is known only then.
	uid string
}

// placed finds where an assignment on an object holds. Of a cluster or DataCenter that is known to be another one of the
// same name it holds nowhere.
func (a *assignments) placed(on ovirt.ObjectType, at *v1alpha1.ObjectReference) (placed, error) {
	var cluster ClusterRef
	if at.Cluster != "" {
		var err error
		if cluster, err = ParseClusterRef(at.Cluster); err != nil {
			return placed{}, err
		}
	}
	switch on {
	case ovirt.System:
		return placed{place: theSystem, places: []place{theSystem}}, nil
	case ovirt.DataCenter:
		return a.placedOnDataCenter(at), nil
	case ovirt.Cluster:
		return a.placedOnCluster(cluster, at.UID), nil
	default: // what is in a cluster
		p := placed{place: place{on, at.Namespace, at.Name}, uid: at.UID}
		if at.Cluster == "" || cluster == a.opts.Self {
			p.places = []place{p.place}
		}
		return p, nil
	}
}

func (a *assignments) placedOnDataCenter(at *v1alpha1.ObjectReference) placed {
	d, known := a.dataCenters[at.Name]
	p := placed{place: place{on: ovirt.DataCenter, name: at.Name}}
	if known && at.UID != "" && at.UID != d.uid {
		return p
	}
	if p.places = []place{p.place}; d.here {
		p.places = append(p.places, theDataCenter)
	}
	return p
}

func (a *assignments) placedOnCluster(cluster ClusterRef, uid string) placed {
	p := placed{place: clusterPlace(cluster)}
	if c := a.snap.fleet.clusters[cluster]; c != nil && c.Metadata.UID != "" && uid != "" && uid != c.Metadata.UID {
		return p
	}
	if p.places = []place{p.place}; cluster == a.opts.Self {
		p.places = append(p.places, theCluster)
	}
	return p
}

// misnamed says what is wrong with the names of an object: the field, and the mistake. The API server refuses the same
// in what it stores, but nobody does in a file, where an assignment might be taken for one on much more.
func misnamed(on ovirt.ObjectType, at *v1alpha1.ObjectReference) (path, mistake string) {
	named := on != ovirt.System && on != ovirt.Cluster
	switch {
	case on == ovirt.System && (at.Cluster != "" || at.Namespace != "" || at.Name != ""):
		return "kind", "System is all clusters and takes no names: remove cluster, namespace and name"
	case on == ovirt.DataCenter && at.Cluster != "":
		return "cluster", "a DataCenter is in no cluster: remove cluster"
	case on == ovirt.Cluster && at.Cluster == "":
		return "cluster", "name the Cluster as in SveltosCluster:gke/one"
	case on == ovirt.Cluster && at.Name != "":
		return "name", "a Cluster is named in cluster, as in SveltosCluster:gke/one: remove name"
	case named && at.Name == "":
		return "name", "name the object"
	case inNamespace(on) && at.Namespace == "":
		return "namespace", "name the namespace of the object"
	case !inNamespace(on) && at.Namespace != "":
		return "namespace", "an object of this kind is in no namespace: remove namespace"
	default:
		return "", ""
	}
}
