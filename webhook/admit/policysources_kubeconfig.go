package admit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// kubeconfigRunsNothing refuses kubeconfigs that make whoever uses them run a program or read a file: Sveltos'
// controllers use them as they stand, in their own pods, with their own tokens beside them. That is wrong whoever
// writes it.
//
// Upstream: libsveltos lib/clusterproxy, BuildConfigFromFlags on the content; client-go tools/clientcmd/api/v1/types.go.
func kubeconfigRunsNothing(q *Question, w *sourceWrite) Verdict {
	if w.object == nil || !q.isKubeconfig(w) {
		return Verdict{}
	}
	for _, key := range slices.Sorted(maps.Keys(w.object.Data)) {
		text, err := w.object.Text(key)
		if err != nil {
			continue // the API server takes only base64
		}
		if found := dangers(text); len(found) > 0 {
			same := w.old != nil && w.old.Data[key] == w.object.Data[key]
			return unless(same, invalid(fmt.Sprintf("data[%s]", key), "%s: Sveltos' controllers would do that with their own rights", some(found)))
		}
	}
	return Verdict{}
}

// isKubeconfig says whether Sveltos uses a Secret as a kubeconfig. Cluster API Provider AWS makes one more for people,
// <cluster>-user-kubeconfig, which has a plugin and which no controller reads.
//
// Upstream: cluster-api-provider-aws pkg/eks, reconcileAdditionalKubeconfigs.
func (q *Question) isKubeconfig(w *sourceWrite) bool {
	if w.ref.Kind != "Secret" {
		return false
	}
	if len(roleLabels(w.object)) > 0 || slices.Contains(q.Snapshot.KubeconfigSecrets(), w.ref) {
		return true
	}
	cluster, ok := strings.CutSuffix(w.ref.Name, kubeconfigSuffix)
	if owner, forPeople := strings.CutSuffix(cluster, "-user"); ok && forPeople && q.hasCluster(w.ref.Namespace, owner) {
		return q.hasCluster(w.ref.Namespace, cluster)
	}
	return ok
}

// kubeconfigSuffix ends the names of all of them: <name>-sveltos-kubeconfig and <name>-kubeconfig.
const kubeconfigSuffix = "-kubeconfig"

func (q *Question) hasCluster(namespace, name string) bool {
	return q.Snapshot.Cluster(policy.ClusterRef{Kind: policy.KindCAPICluster, Namespace: namespace, Name: name}) != nil
}

// kubeconfig has the fields that name programs and files. Kubernetes reads field names exactly.
//
// Upstream: client-go tools/clientcmd/api/v1/types.go.
type kubeconfig struct {
	Clusters []struct {
		Name    string `json:"name"`
		Cluster struct {
			CertificateAuthority string `json:"certificate-authority"`
		} `json:"cluster"`
	} `json:"clusters"`
	Users []struct {
		Name string `json:"name"`
		User struct {
			Exec              any    `json:"exec"`
			AuthProvider      any    `json:"auth-provider"`
			TokenFile         string `json:"tokenFile"`
			ClientCertificate string `json:"client-certificate"`
			ClientKey         string `json:"client-key"`
		} `json:"user"`
	} `json:"users"`
}

// dangers are the programs and files that a kubeconfig names. What is no kubeconfig names none: clients refuse it.
func dangers(text string) []string {
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return nil
	}
	var k kubeconfig
	if policy.Decode(raw, &k) != nil {
		return nil
	}
	var found []string
	for _, c := range k.Clusters {
		if c.Cluster.CertificateAuthority != "" {
			found = append(found, fmt.Sprintf("cluster %q reads a file (certificate-authority)", c.Name))
		}
	}
	for _, u := range k.Users {
		for _, field := range []struct {
			name string
			set  bool
			does string
		}{
			{"exec", u.User.Exec != nil, "runs a program"},
			{"auth-provider", u.User.AuthProvider != nil, "uses a plugin"},
			{"tokenFile", u.User.TokenFile != "", "reads a file"},
			{"client-certificate", u.User.ClientCertificate != "", "reads a file"},
			{"client-key", u.User.ClientKey != "", "reads a file"},
		} {
			if field.set {
				found = append(found, fmt.Sprintf("user %q %s (%s)", u.Name, field.does, field.name))
			}
		}
	}
	return found
}
