package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// patient is a cluster with a server that registers itself, and what a doctor is told of it.
type patient struct {
	client     *kubernetes.Clientset
	kubeconfig string
	config     string
}

func startPatient(t *testing.T) *patient {
	t.Helper()
	cp := controlplane.ForTest(t, controlplane.Options{CRDs: []controlplane.CRDSet{controlplane.Sveltos, controlplane.Harvester}})
	dir := t.TempDir()
	p := &patient{kubeconfig: filepath.Join(dir, "kubeconfig"), config: filepath.Join(dir, "config.yaml")}
	require.NoError(t, cp.Kubeconfig(cp.Admin(), p.kubeconfig))
	var err error
	p.client, err = kubernetes.NewForConfig(cp.Admin())
	require.NoError(t, err)
	_, err = p.client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: defaultNamespace}}, metav1.CreateOptions{})
	require.NoError(t, err)
	addresses, err := wired.FreeAddresses(1)
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(addresses[0])
	require.NoError(t, err)
	// kube-apiserver goes where an ExternalName says, and still wants a certificate for the Service.
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "bailiwick"}, Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"}}
	_, err = p.client.CoreV1().Services(defaultNamespace).Create(t.Context(), service, metav1.CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(p.config, []byte(strings.Join([]string{
		"apiVersion: bailiwick.dev/v1alpha1", "kind: ServerConfiguration", "kubeconfig: " + p.kubeconfig,
		"certSecret: bailiwick-system/serving", "register: bailiwick-system/bailiwick:" + port, "listen: " + addresses[0],
		"metricsListen: 127.0.0.1:0", "insecureNoClientAuth: true", "drain: 0s",
	}, "\n")), 0o600))
	return p
}

// serve runs the server until stop is called.
func (p *patient) serve(t *testing.T) (stop func()) {
	t.Helper()
	c, err := readConfig(p.config, newServe(stdio{}).Flags(), new(defaultConfig()))
	require.NoError(t, err)
	s, err := check(c)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, stdio{out: io.Discard, err: io.Discard}, c, s) }()
	stopped := false
	stop = func() {
		if cancel(); !stopped {
			stopped = true
			require.NoError(t, <-done)
		}
	}
	t.Cleanup(stop)
	return stop
}

// examined is what a doctor says.
func (p *patient) examined(t *testing.T, args ...string) (found []diagnosis, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(append([]string{"doctor", "--kubeconfig", p.kubeconfig, "--config", p.config, "-o", "json"}, args...), stdio{out: &out, err: &errs})
	require.Empty(t, errs.String())
	require.NoError(t, json.Unmarshal(out.Bytes(), &found))
	return found, code
}

// says whether there is a diagnosis with a status, of a check, with a text in it.
func says(found []diagnosis, status, check, text string) bool {
	return slices.ContainsFunc(found, func(d diagnosis) bool {
		return d.Status == status && d.Check == check && strings.Contains(d.Object+": "+d.Message+"; "+d.Hint, text)
	})
}

func (p *patient) validating(t *testing.T, change func(*admissionregv1.ValidatingWebhookConfiguration)) {
	t.Helper()
	api := p.client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	c, err := api.Get(t.Context(), "bailiwick", metav1.GetOptions{})
	require.NoError(t, err)
	change(c)
	_, err = api.Update(t.Context(), c, metav1.UpdateOptions{})
	require.NoError(t, err)
}

func TestDoctor(t *testing.T) {
	p := startPatient(t)
	found, code := p.examined(t)
	require.Equal(t, exitNo, code)
	require.True(t, says(found, statusError, "registration", "no webhook asks a guard"), found)
	require.True(t, says(found, statusError, "certificates", `secrets "serving" not found; is a server running`), found)

	stop := p.serve(t)
	for deadline := time.Now().Add(30 * time.Second); code != exitYes; time.Sleep(200 * time.Millisecond) {
		require.True(t, time.Now().Before(deadline), found)
		found, code = p.examined(t)
	}
	for _, guard := range admit.Guards() {
		require.True(t, says(found, statusOK, "registration", "guard "+guard.Name+": is registered as it should be"), found)
	}
	require.True(t, says(found, statusOK, "connection", "the server shows a certificate for bailiwick.bailiwick-system.svc that is trusted, until"), found)
	require.True(t, says(found, statusOK, "certificates", "Secret bailiwick-system/serving: its next CA is good until"), found)
	require.True(t, says(found, statusOK, "rights", "may do everything"), found)
	require.True(t, says(found, statusWarn, "configuration", "anybody who reaches the port may ask; set clientCA"), found)

	found, code = p.examined(t, "--as", "system:serviceaccount:bailiwick-system:bailiwick")
	require.Equal(t, exitNo, code)
	require.True(t, says(found, statusError, "rights", `secrets: may not get secrets serving, watch secrets serving, update secrets serving; `+
		`give it in a Role in bailiwick-system: {apiGroups: [""], resources: [secrets], resourceNames: [serving], verbs: [get, watch, update]}`), found)
	require.True(t, says(found, statusError, "rights", "may not list mutatingwebhookconfigurations"), found)

	// Nobody repairs what is broken from here on.
	stop()
	stranger, err := certs.NewAuthority("stranger", time.Hour)
	require.NoError(t, err)
	p.validating(t, func(c *admissionregv1.ValidatingWebhookConfiguration) {
		delete(c.Labels, admit.RegistrationLabel)
		for i := range c.Webhooks {
			w := &c.Webhooks[i]
			w.ClientConfig.CABundle = stranger.PEM()
			switch w.Name {
			case "settings.bailiwick.dev":
				w.Rules = w.Rules[:1]
				w.Rules[0].Operations = []admissionregv1.OperationType{admissionregv1.Create}
			case "profiles.bailiwick.dev":
				w.FailurePolicy = new(admissionregv1.Ignore)
			}
		}
		c.Webhooks = slices.DeleteFunc(c.Webhooks, func(w admissionregv1.ValidatingWebhook) bool {
			return strings.HasPrefix(w.Name, "sets") || strings.HasPrefix(w.Name, "clusters")
		})
	})
	secrets := p.client.CoreV1().Secrets("bailiwick-system")
	secret, err := secrets.Get(t.Context(), "serving", metav1.GetOptions{})
	require.NoError(t, err)
	delete(secret.Data, "next-ca.key")
	metav1.SetMetaDataAnnotation(&secret.ObjectMeta, certs.RotateAnnotation, certs.RotateCA)
	_, err = secrets.Update(t.Context(), secret, metav1.UpdateOptions{})
	require.NoError(t, err)

	found, code = p.examined(t)
	require.Equal(t, exitNo, code)
	for _, want := range []diagnosis{
		{statusWarn, "registration", "ValidatingWebhookConfiguration bailiwick", "nobody keeps it up to date", "kubectl label"},
		{statusError, "registration", "ValidatingWebhookConfiguration bailiwick", "webhook settings.bailiwick.dev is told of other writes", "gen webhook-config"},
		{statusWarn, "registration", "ValidatingWebhookConfiguration bailiwick", "webhook profiles.bailiwick.dev lets every write pass", "Ignore"},
		{statusWarn, "registration", "guard clusters", "is not registered", ""},
		{statusError, "registration", "guard sets", "1 of its 2 webhooks are missing", ""},
		{statusWarn, "connection", "ValidatingWebhookConfiguration bailiwick", "cannot be reached from here", "is the server running?"},
		{statusError, "connection", "ValidatingWebhookConfiguration bailiwick", "does not trust every CA of Secret bailiwick-system/serving", ""},
		{statusError, "certificates", "Secret bailiwick-system/serving", "its next CA is missing", ""},
		{statusWarn, "certificates", "Secret bailiwick-system/serving", "a new ca was asked for", ""},
	} {
		require.True(t, slices.ContainsFunc(found, func(d diagnosis) bool {
			return d.Status == want.Status && d.Check == want.Check && strings.HasPrefix(d.Object, want.Object) &&
				strings.Contains(d.Message, want.Message) && strings.Contains(d.Hint, want.Hint)
		}), "%v in %v", want, found)
	}
}
