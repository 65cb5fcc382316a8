package charts

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

const system = "bailiwick-system"

// target is a management cluster without nodes: what pods would do is done here, with their configuration and rights.
type target struct {
	*local
	client kubernetes.Interface
	binary string
}

func startTarget(t *testing.T) *target {
	t.Helper()
	c, err := controlplane.Start(t.Context(), controlplane.Options{Assets: assets(t), CRDs: []controlplane.CRDSet{controlplane.Sveltos}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	l := &target{local: &local{ControlPlane: c, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}}
	require.NoError(t, c.Kubeconfig(c.Admin(), l.kubeconfig))
	l.client, err = kubernetes.NewForConfig(c.Admin())
	require.NoError(t, err)
	l.binary, err = wired.Build(t.Context(), t.TempDir())
	require.NoError(t, err)
	return l
}

// as writes a kubeconfig for an account that the chart has made.
func (c *target) as(t *testing.T, account string) (*rest.Config, string) {
	t.Helper()
	_, err := c.client.CoreV1().ServiceAccounts(system).Get(t.Context(), account, metav1.GetOptions{})
	require.NoError(t, err)
	cfg, err := c.ServiceAccountToken(t.Context(), system, account)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), account)
	require.NoError(t, c.Kubeconfig(cfg, file))
	return cfg, file
}

// serve starts what the pods are: a server with the configuration and the rights of the release.
func (c *target) serve(t *testing.T) *wired.Server {
	t.Helper()
	config, err := c.client.CoreV1().ConfigMaps(system).Get(t.Context(), bailiwick, metav1.GetOptions{})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte(config.Data["config.yaml"]), 0o600))
	_, kubeconfig := c.as(t, bailiwick)
	args := []string{"--config", file, "--kubeconfig", kubeconfig, "--in-cluster=false", "--state-dir", t.TempDir()}
	own := strings.Contains(config.Data["config.yaml"], "certSecret")
	s, err := wired.NewServer(wired.Options{Binary: c.binary, Args: args, OwnCertificate: own, Log: logged{t}}, t.TempDir())
	require.NoError(t, err)
	require.NoError(t, s.Start(t.Context()))
	t.Cleanup(s.Stop)
	return s
}

type logged struct{ t *testing.T }

func (l logged) Write(p []byte) (int, error) {
	l.t.Logf("bailiwick: %s", p)
	return len(p), nil
}

func (c *target) bailiwick(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), c.binary, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// registered are the validating webhooks, by their names.
func (c *target) registered(t *testing.T) (map[string]admissionregv1.ValidatingWebhook, *admissionregv1.ValidatingWebhookConfiguration) {
	t.Helper()
	hooks := map[string]admissionregv1.ValidatingWebhook{}
	all, err := c.client.AdmissionregistrationV1().ValidatingWebhookConfigurations().Get(t.Context(), admit.RegistrationName, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return hooks, nil
	}
	require.NoError(t, err)
	for _, h := range all.Webhooks {
		hooks[h.Name] = h
	}
	return hooks, all
}

func (c *target) has(t *testing.T, webhook string) bool {
	hooks, _ := c.registered(t)
	_, ok := hooks[webhook]
	return ok
}

// holds says whether a write waits for a server: none can be reached here.
func (c *target) holds(t *testing.T, namespace, secret string) bool {
	t.Helper()
	_, err := c.client.CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: secret}}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		require.ErrorContains(t, err, "failed calling webhook")
	}
	return err != nil
}

func eventually(t *testing.T, ok func() bool, what string) {
	t.Helper()
	require.Eventually(t, ok, 20*time.Second, 50*time.Millisecond, what)
}

// TestBailiwickInstall: a release from its beginning to its end, with the server registering the webhooks.
func TestBailiwickInstall(t *testing.T) {
	c := startTarget(t)
	c.helm(t, "install", bailiwick, bailiwick, "--namespace", system, "--create-namespace", "--set-json",
		`policy.sources=[{"kind":"ConfigMap","namespace":"default","name":"full-access"}]`)
	_, configuration := c.registered(t)
	require.Nil(t, configuration, "nothing waits for a server that does not serve yet")

	server := c.serve(t)
	eventually(t, func() bool { return c.has(t, "rolerequests.bailiwick.dev") }, "the webhooks")
	c.checkRights(t)
	require.True(t, c.holds(t, "default", "a-kubeconfig"))
	require.False(t, c.holds(t, system, "a-kubeconfig"), "what pods start from waits for nobody")

	// Other guards after an upgrade: the next server says so once, an old one does not take it back.
	require.True(t, c.has(t, "sets.bailiwick.dev"))
	c.helm(t, "upgrade", bailiwick, bailiwick, "--namespace", system, "--reuse-values", "--set", "guards.sets=off")
	next := c.serve(t)
	eventually(t, func() bool { return !c.has(t, "sets.bailiwick.dev") }, "the guard to be off")

	// What the Job does before anything is deleted, with servers that run and servers that do not.
	unregister := c.hookAccount(t)
	next.Kill()
	require.Contains(t, c.bailiwick(t, "unregister", "--kubeconfig", unregister), "validatingwebhookconfigurations/bailiwick has no webhooks any more\n")
	require.False(t, c.holds(t, "default", "a-kubeconfig"))
	c.apply(t, "../examples/policy/sharing.yaml") // the server that runs looks again
	eventually(t, func() bool { return !strings.Contains(metrics(t, server), "bailiwick_snapshot_generation 1\n") }, "the policy")
	hooks, configuration := c.registered(t)
	require.Empty(t, hooks)
	require.Equal(t, admit.Unregistered, configuration.Labels[admit.RegistrationLabel])

	c.helm(t, "uninstall", bailiwick, "--namespace", system, "--no-hooks")
	server.Stop()
	c.bailiwick(t, "unregister", "--delete", "--kubeconfig", unregister)
	require.Contains(t, c.bailiwick(t, "unregister", "--delete", "--kubeconfig", unregister), "is not there\n")
	require.Equal(t, []string{
		"CustomResourceDefinition datacenters.bailiwick.dev", "CustomResourceDefinition roleassignments.bailiwick.dev",
		"CustomResourceDefinition roledefinitions.bailiwick.dev", "Secret bailiwick-serving",
	}, c.left(t))
}

// checkRights: doctor finds that the account may do all that the server needs, and it may not do what it does not need.
func (c *target) checkRights(t *testing.T) {
	t.Helper()
	// What there is of it without a pod: the configuration names files of one.
	out, _ := exec.CommandContext(t.Context(), c.binary, "doctor", "--kubeconfig", c.kubeconfig, "--namespace", system,
		"--as", "system:serviceaccount:"+system+":"+bailiwick).CombinedOutput()
	require.Regexp(t, `(?m)^ok +rights +system:serviceaccount:bailiwick-system:bailiwick: may do everything that the server needs`, string(out))
	cfg, _ := c.as(t, bailiwick)
	client, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	for what, err := range map[string]error{
		"read another Secret":    get(client.CoreV1().Secrets(system).Get(t.Context(), "other", metav1.GetOptions{})),
		"list Secrets":           get(client.CoreV1().Secrets(system).List(t.Context(), metav1.ListOptions{})),
		"read another ConfigMap": get(client.CoreV1().ConfigMaps("default").Get(t.Context(), "other", metav1.GetOptions{})),
		"list pods":              get(client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})),
		"delete its webhooks":    client.AdmissionregistrationV1().ValidatingWebhookConfigurations().Delete(t.Context(), bailiwick, metav1.DeleteOptions{}),
		"delete its Secret":      client.CoreV1().Secrets(system).Delete(t.Context(), "bailiwick-serving", metav1.DeleteOptions{}),
	} {
		require.True(t, apierrors.IsForbidden(err), "%s: %v", what, err)
	}
}

func get[T any](_ T, err error) error { return err }

// hookAccount makes what is there while hooks run, and returns a kubeconfig of the Job's account.
func (c *target) hookAccount(t *testing.T) string {
	t.Helper()
	out, err := helm(t, "get", "hooks", bailiwick, "--namespace", system, "--kubeconfig", c.kubeconfig)
	require.NoError(t, err, out)
	var manifests []string
	for _, o := range objects(t, out) {
		if o.GetKind() == "Job" {
			continue
		}
		o.SetLabels(nil)
		text, err := o.MarshalJSON()
		require.NoError(t, err)
		manifests = append(manifests, string(text))
	}
	file := filepath.Join(t.TempDir(), "hooks.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(manifests, "\n---\n")), 0o600))
	c.apply(t, file)
	_, kubeconfig := c.as(t, "bailiwick-unregister")
	return kubeconfig
}

func (c *target) apply(t *testing.T, file string) { c.run(t, "kubectl apply -f "+file) }

func metrics(t *testing.T, s *wired.Server) string {
	t.Helper()
	text, err := s.Get(t.Context(), "/metrics")
	require.NoError(t, err)
	return text
}

// left are the objects of the release and of its server that are there, but for those of the test itself.
func (c *target) left(t *testing.T) []string {
	t.Helper()
	script := "kubectl api-resources --verbs=list -o name | sort | while read -r r; do kubectl get \"$r\" -A -o json --ignore-not-found; done"
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", script)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig, "PATH="+filepath.Dir(c.Kubectl())+":"+os.Getenv("PATH"))
	out, err := cmd.Output()
	require.NoError(t, err)
	var left []string
	for _, chunk := range strings.Split(string(out), "\n}\n") {
		if strings.TrimSpace(chunk) == "" {
			continue
		}
		list := &unstructured.UnstructuredList{}
		require.NoError(t, list.UnmarshalJSON([]byte(chunk+"\n}")))
		for _, o := range list.Items {
			ours := o.GetLabels()["app.kubernetes.io/instance"] == bailiwick || o.GetLabels()[admit.RegistrationLabel] != "" || o.GetName() == "bailiwick-serving"
			if ours {
				left = append(left, o.GetKind()+" "+o.GetName())
			}
		}
	}
	slices.Sort(left)
	return slices.Compact(left)
}

// TestBailiwickInstallRegistered: the chart registers the webhooks, the server adds what the policy names, and an
// upgrade finds nothing that is in its way.
func TestBailiwickInstallRegistered(t *testing.T) {
	c := startTarget(t)
	c.apply(t, "../examples/policy/sharing.yaml")
	pem := valuesFile(t, `{certificates: {source: files, files: {secret: tls, ca: "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----"}},
config: {protectedNamespaces: [vault], breakGlassGroups: [rescue]}}`)
	c.helm(t, "install", bailiwick, bailiwick, "--namespace", system, "--create-namespace", "--values", pem)
	rendered, _ := c.registered(t)
	require.Contains(t, rendered, "rolerequests.bailiwick.dev")
	require.NotContains(t, rendered, "policysources.bailiwick.dev")
	c.serve(t)
	eventually(t, func() bool { return c.has(t, "policysources.bailiwick.dev") }, "what the policy names")
	now, _ := c.registered(t)
	for name, hook := range rendered {
		require.Equal(t, hook, now[name], "the server agrees with the chart")
	}
	upgrade := []string{"upgrade", bailiwick, bailiwick, "--namespace", system, "--reuse-values", "--set", "guards.sets=off"}
	c.helm(t, upgrade...)
	eventually(t, func() bool { return c.has(t, "policysources.bailiwick.dev") && !c.has(t, "sets.bailiwick.dev") }, "both")
	c.bailiwick(t, "unregister", "--kubeconfig", c.kubeconfig)
	require.False(t, c.has(t, "rolerequests.bailiwick.dev"))
	c.helm(t, append(upgrade, "--force-conflicts")...)
	eventually(t, func() bool { return c.has(t, "policysources.bailiwick.dev") && c.has(t, "rolerequests.bailiwick.dev") }, "what was suspended")
	c.helm(t, "uninstall", bailiwick, "--namespace", system, "--no-hooks")
	_, configuration := c.registered(t)
	require.Nil(t, configuration)
}
