package apiserver

import (
	"encoding/json"
	"fmt"
	"path"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiserverv1 "k8s.io/apiserver/pkg/apis/apiserver/v1"
	"sigs.k8s.io/yaml"
)

// AdmissionConfiguration is the file for kube-apiserver --admission-control-config-file that makes it show a client
// certificate to admission webhooks. Kubeconfig is the absolute path of what AdmissionKubeconfig wrote. Both kinds are
// v1 in every version that is known.
func AdmissionConfiguration(kubeconfig string) ([]byte, error) {
	if !path.IsAbs(kubeconfig) {
		return nil, fmt.Errorf("the kubeconfig %q: kube-apiserver wants an absolute path", kubeconfig)
	}
	version := apiserverv1.SchemeGroupVersion.String()
	// Upstream: WebhookAdmission of k8s.io/apiserver pkg/admission/plugin/webhook/config/apis/webhookadmission/v1.
	plugin, err := json.Marshal(struct {
		metav1.TypeMeta
		KubeConfigFile string `json:"kubeConfigFile"`
	}{metav1.TypeMeta{APIVersion: version, Kind: "WebhookAdmissionConfiguration"}, kubeconfig})
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
