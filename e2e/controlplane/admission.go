package controlplane

import (
	"encoding/json"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	webhookadmissionv1 "k8s.io/apiserver/pkg/admission/plugin/webhook/config/apis/webhookadmission/v1"
	apiserverv1 "k8s.io/apiserver/pkg/apis/apiserver/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"
)

// AdmissionClient is the client certificate that kube-apiserver presents to admission webhooks. Which webhooks there
// are, and their CA, is said by webhook configurations in the cluster.
type AdmissionClient struct {
	// Hosts are the webhooks that see the certificate: "127.0.0.1:9443" for one addressed by URL, "name.namespace.svc"
	// or "*.namespace.svc" for services.
	Hosts []string
	// Cert and Key are PEM.
	Cert, Key []byte
}

// writeAdmission writes the configuration of both webhook plugins and returns the file.
func writeAdmission(dir workdir, a *AdmissionClient) (string, error) {
	if len(a.Hosts) == 0 {
		return "", errors.New("admission: no hosts to present the client certificate to")
	}
	users := clientcmdapi.NewConfig()
	for _, host := range a.Hosts {
		users.AuthInfos[host] = &clientcmdapi.AuthInfo{ClientCertificateData: a.Cert, ClientKeyData: a.Key}
	}
	text, err := clientcmd.Write(*users)
	if err != nil {
		return "", fmt.Errorf("admission: %w", err)
	}
	kubeconfig := dir.path("admission.kubeconfig")
	if err := writeFile(kubeconfig, text); err != nil {
		return "", fmt.Errorf("admission: %w", err)
	}
	if text, err = admissionConfiguration(kubeconfig); err != nil {
		return "", fmt.Errorf("admission: %w", err)
	}
	path := dir.path("admission.yaml")
	return path, writeFile(path, text)
}

func admissionConfiguration(kubeconfig string) ([]byte, error) {
	version := apiserverv1.SchemeGroupVersion.String()
	plugin, err := json.Marshal(webhookadmissionv1.WebhookAdmission{
		TypeMeta:       metav1.TypeMeta{APIVersion: version, Kind: "WebhookAdmissionConfiguration"},
		KubeConfigFile: kubeconfig,
	})
	if err != nil {
		return nil, err
	}
	configuration := &runtime.Unknown{Raw: plugin, ContentType: runtime.ContentTypeJSON}
	return yaml.Marshal(apiserverv1.AdmissionConfiguration{
		TypeMeta: metav1.TypeMeta{APIVersion: version, Kind: "AdmissionConfiguration"},
		Plugins: []apiserverv1.AdmissionPluginConfiguration{
			{Name: "ValidatingAdmissionWebhook", Configuration: configuration},
			{Name: "MutatingAdmissionWebhook", Configuration: configuration},
		},
	})
}
