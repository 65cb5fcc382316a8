package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// gone is a cluster whose Bailiwick is gone.
type gone struct {
	*wired.System
	admin      client.Client
	mutating   *admissionregv1.MutatingWebhookConfiguration // as they were registered
	validating *admissionregv1.ValidatingWebhookConfiguration
	writers    []writer
	plain      []probe // one for each resource that is guarded
	special    []probe
	needed     []probe
	registered int
}

// writer is somebody who may do everything as far as RBAC is concerned.
type writer struct {
	name       string
	client     client.Client
	kubeconfig string
}

func startGone(t *testing.T) *gone {
	t.Helper()
	dir := t.TempDir() // a policy that gives every guard something to judge
	for _, part := range []string{"policy", "ovirt/policy", "rancher"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join("..", "examples", part))))
	}
	g := &gone{System: start(t, dir, nil, "--cluster", "SveltosCluster:gke/internal")}
	g.admin = clientFor(t, g.Admin())
	g.mutating, g.validating = &admissionregv1.MutatingWebhookConfiguration{}, &admissionregv1.ValidatingWebhookConfiguration{}
	for _, o := range []client.Object{g.mutating, g.validating} {
		require.NoError(t, g.admin.Get(t.Context(), client.ObjectKey{Name: admit.RegistrationName}, o))
		require.NoError(t, g.admin.Delete(t.Context(), o))
		o.SetResourceVersion("")
		o.SetUID("")
	}
	g.Server.Kill()

	require.NoError(t, g.admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "everything"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "ada"}}}))
	ada, err := g.User("ada")
	require.NoError(t, err)
	g.writers = []writer{g.writer(t, "a cluster admin", ada), g.writer(t, "system:masters", g.Admin()), g.account(t, "system:serviceaccount:kube-system:namespace-controller")}

	kubeconfig := probe{object: object(t, "{apiVersion: v1, kind: Secret, metadata: {namespace: default, name: some-kubeconfig}}")}
	eventually(t, "no webhooks in force", func() bool { return !kubeconfig.waits(t, g.admin, admissionregv1.Create) })
	installGuarded(t, g)
	for at := range guarded(admit.Guards()...) {
		g.plain = append(g.plain, plainProbe(t, g, at))
	}
	slices.SortFunc(g.plain, func(a, b probe) int { return strings.Compare(a.title, b.title) })
	g.special, g.needed = readProbes(t, "special.yaml"), readProbes(t, "needed.yaml")
	for _, probes := range [][]probe{g.plain, g.special, g.needed} {
		store(t, g.admin, probes)
	}
	return g
}

func (g *gone) writer(t *testing.T, name string, cfg *rest.Config) writer {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, g.Kubeconfig(cfg, file))
	return writer{name, clientFor(t, cfg), file}
}

// account is a ServiceAccount, by its user name, that RBAC lets do everything.
func (g *gone) account(t *testing.T, user string) writer {
	t.Helper()
	parts := strings.Split(user, ":") // system:serviceaccount:NAMESPACE:NAME
	cfg, err := g.ServiceAccountToken(t.Context(), parts[2], parts[3])
	require.NoError(t, err)
	require.NoError(t, g.admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "everything-" + parts[3]},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: parts[2], Name: parts[3]}}}))
	return g.writer(t, user, cfg)
}

// register registers guards, and nothing else, and returns when kube-apiserver goes by it.
func (g *gone) register(t *testing.T, guards ...admit.Guard) {
	t.Helper()
	g.registered++
	mutating, validating := g.mutating.DeepCopy(), g.validating.DeepCopy()
	mutating.Webhooks = slices.DeleteFunc(mutating.Webhooks, func(w admissionregv1.MutatingWebhook) bool { return !admit.Asked(guards, &w.ClientConfig) })
	validating.Webhooks = slices.DeleteFunc(validating.Webhooks, func(w admissionregv1.ValidatingWebhook) bool { return !admit.Asked(guards, &w.ClientConfig) })
	// Each has one more, by which it is seen to be in force.
	marks := [2]string{fmt.Sprintf("m%d", g.registered), fmt.Sprintf("v%d", g.registered)}
	mark := g.validating.Webhooks[0]
	mark.Name, mark.MatchConditions, mark.NamespaceSelector = "mark.test.bailiwick.dev", nil, nil
	mark.Rules = []admissionregv1.RuleWithOperations{{Operations: []admissionregv1.OperationType{admissionregv1.Create},
		Rule: admissionregv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}}}}
	mark.ObjectSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"mark": marks[1]}}
	validating.Webhooks = append(validating.Webhooks, mark)
	mutating.Webhooks = append(mutating.Webhooks, admissionregv1.MutatingWebhook{
		Name: mark.Name, ClientConfig: mark.ClientConfig, Rules: mark.Rules, FailurePolicy: mark.FailurePolicy, SideEffects: mark.SideEffects,
		AdmissionReviewVersions: mark.AdmissionReviewVersions, ObjectSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"mark": marks[0]}},
	})
	g.create(t, mutating, validating)
	for _, m := range marks {
		marked := probe{title: m, object: object(t, "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: default, name: mark, labels: {mark: "+m+"}}}")}
		eventually(t, "the webhooks in force", func() bool { return marked.waits(t, g.admin, admissionregv1.Create) })
	}
}

// create makes configurations anew.
func (g *gone) create(t *testing.T, configurations ...client.Object) {
	t.Helper()
	for _, o := range configurations {
		require.NoError(t, client.IgnoreNotFound(g.admin.Delete(t.Context(), o)))
		require.NoError(t, g.admin.Create(t.Context(), o))
	}
}

// run runs a command of the documentation as somebody would.
func (g *gone) run(t *testing.T, as writer, command string) {
	t.Helper()
	require.Contains(t, page(t), command)
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", command)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+as.kubeconfig, "PATH="+filepath.Dir(g.Kubectl())+":"+filepath.Dir(binary)+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", command, out)
}

// titled is one of some probes.
func titled(probes []probe, title string) *probe {
	return &probes[slices.IndexFunc(probes, func(p probe) bool { return p.title == title })]
}
