package policy

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// The kinds below are foreign: each struct holds the fields that are read, under their upstream names, and says
// where they are declared upstream.

// RoleRequest grants a tenant admin roles on the clusters that a selector matches.
//
// Upstream: lib.projectsveltos.io RoleRequest, libsveltos api/v1beta1/rolerequest_type.go. Until libsveltos v0.8
// (v1alpha1) the tenant was spec.admin; since v0.9 it is a ServiceAccount of the management cluster.
type RoleRequest struct {
	Object
	Spec struct {
		ClusterSelector         ClusterSelector `json:"clusterSelector"`
		Admin                   string          `json:"admin"`
		ServiceAccountName      string          `json:"serviceAccountName"`
		ServiceAccountNamespace string          `json:"serviceAccountNamespace"`
		RoleRefs                []RoleRef       `json:"roleRefs"`
		// ExpirationSeconds is the lifetime of the tenant's token.
		ExpirationSeconds *int64 `json:"expirationSeconds"`
	} `json:"spec"`
	Status struct {
		// ClusterInfo are the clusters where access-manager has put the roles; it keeps those that no longer match.
		ClusterInfo []struct {
			Cluster ClusterTarget `json:"cluster"`
			Status  string        `json:"status"` // Provisioned, once the tenant's kubeconfig is there
		} `json:"clusterInfo"`
	} `json:"status"`
}

func (rr *RoleRequest) check() error { return rr.Spec.ClusterSelector.check("spec.clusterSelector") }

// RoleRef names the ConfigMap or Secret that holds the roles of a RoleRequest.
//
// Upstream: libsveltos api/v1beta1 PolicyRef.
type RoleRef struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// ClusterSelector is a label selector in either of the forms that Sveltos has used: the text of v1alpha1
// (`org=foo.io`) or the LabelSelector of v1beta1.
type ClusterSelector struct {
	selector.Selector
	// Set says that the field was there at all.
	Set bool
	// Err says why the field is no selector; the Selector then matches nothing.
	Err error
}

// UnmarshalJSON never fails, so that guards can judge an object in spite of a selector that cannot be read.
func (c *ClusterSelector) UnmarshalJSON(data []byte) error {
	*c = ClusterSelector{Set: true}
	var text string
	var ls *metav1.LabelSelector
	if json.Unmarshal(data, &text) == nil {
		c.Selector, c.Err = selector.Parse(text)
	} else if err := json.Unmarshal(data, &ls); err != nil {
		c.Err = fmt.Errorf("must be a text like \"org=foo.io\" or an object with matchLabels and matchExpressions: %w", err)
	} else {
		c.Selector, c.Err = selector.FromLabelSelector(ls)
	}
	return nil
}

// check returns the error as one of a field.
func (c *ClusterSelector) check(path string) error {
	if c.Err == nil {
		return nil
	}
	return &FieldError{Path: path, Err: c.Err}
}

// Source is a ConfigMap or Secret. Its values may hold the YAML of Roles and ClusterRoles.
//
// Upstream: core/v1 ConfigMap and Secret.
type Source struct {
	Object
	// Type is Secret.type; Sveltos reads only Secrets of type addons.projectsveltos.io/cluster-profile.
	Type       string            `json:"type"`
	Data       map[string]string `json:"data"`
	StringData map[string]string `json:"stringData"`

	// What it holds as roles is read with the object: a policy is compiled more often than one source changes.
	roles    []role
	problems problems
}

func (s *Source) prepare() { s.roles = rolesOf(s, &s.problems) }

// Text is the value stored under a key, decoded when the object is a Secret.
func (s *Source) Text(key string) (string, error) {
	if text, ok := s.StringData[key]; ok {
		return text, nil
	}
	if s.Kind != "Secret" {
		return s.Data[key], nil
	}
	text, err := base64.StdEncoding.DecodeString(s.Data[key])
	if err != nil {
		return "", fmt.Errorf("not base64: %w", err)
	}
	return string(text), nil
}

// Cluster is a managed cluster: a SveltosCluster or a Cluster of Cluster API.
//
// Upstream: libsveltos api/v1beta1/sveltoscluster_type.go; cluster-api api/core/v1beta2/cluster_types.go.
type Cluster struct {
	Object
	Spec struct {
		Paused bool `json:"paused"`
		// PullMode is of a SveltosCluster: an agent inside fetches what to deploy there.
		PullMode bool `json:"pullMode"`
		// KubeconfigName is of a SveltosCluster: the Secret with the credentials, <name>-sveltos-kubeconfig when empty.
		KubeconfigName string `json:"kubeconfigName"`
	} `json:"spec"`
}

// Profile is a ClusterProfile or a Profile: add-ons for the clusters that it selects.
//
// Upstream: config.projectsveltos.io, addon-controller api/v1beta1/{clusterprofile,profile}_type.go and spec.go.
type Profile struct {
	Object
	Spec struct {
		ClusterSelector ClusterSelector `json:"clusterSelector"`
		// DependsOn are profiles of the same kind and namespace, which are deployed wherever this one is.
		DependsOn []string `json:"dependsOn"`
	} `json:"spec"`
}

func (p *Profile) check() error { return p.Spec.ClusterSelector.check("spec.clusterSelector") }

// Generator is an EventTrigger or a ClusterPromotion: Sveltos makes ClusterProfiles from it.
//
// Upstream: lib.projectsveltos.io EventTrigger, event-manager api/v1beta1/eventtrigger_types.go;
// config.projectsveltos.io ClusterPromotion, addon-controller api/v1beta1/clusterpromotion_types.go.
type Generator struct{ Object }

// Setting is one Harvester setting. There is no spec: value and default stand at the top.
//
// Upstream: harvesterhci.io/v1beta1 Setting, harvester pkg/apis/harvesterhci.io/v1beta1/settings.go.
type Setting struct {
	Object
	Value   string `json:"value"`
	Default string `json:"default"`
}

// Effective is the value in force.
func (s *Setting) Effective() string {
	if s.Value != "" {
		return s.Value
	}
	return s.Default
}

// Node is a member of the cluster that Bailiwick serves.
//
// Upstream: core/v1 Node.
type Node struct {
	Object
	Spec struct {
		PodCIDRs []string `json:"podCIDRs"`
	} `json:"spec"`
	Status struct {
		Addresses []corev1.NodeAddress `json:"addresses"`
	} `json:"status"`
}

// InternalIPs are the node's addresses of type InternalIP, v4 and v6.
func (n *Node) InternalIPs() []netip.Addr {
	var ips []netip.Addr
	for _, a := range n.Status.Addresses {
		if ip, err := netip.ParseAddr(a.Address); err == nil && a.Type == corev1.NodeInternalIP {
			ips = append(ips, ip)
		}
	}
	return ips
}
