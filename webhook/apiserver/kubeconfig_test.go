package apiserver_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

var (
	byPath   = apiserver.Identity{Cert: apiserver.File{Path: "/pki/client.crt"}, Key: apiserver.File{Path: "/pki/client.key"}}
	embedded = apiserver.Identity{Cert: apiserver.File{Data: []byte("CERT")}, Key: apiserver.File{Data: []byte("KEY")}}
)

func TestAuthorizationKubeconfig(t *testing.T) {
	for name, client := range map[string]apiserver.Identity{"by-path": byPath, "embedded": embedded} {
		ca := apiserver.File{Path: "/pki/ca.crt"}
		if client.Cert.Data != nil {
			ca = apiserver.File{Data: []byte("CA")}
		}
		text, err := apiserver.AuthorizationKubeconfig(apiserver.Server{URL: "https://10.96.0.9/authorize", Name: "bailiwick.bailiwick-system.svc", CA: ca}, client)
		require.NoError(t, err)
		requireGolden(t, "testdata/kubeconfig-authorization-"+name+".yaml", text)
		config, err := clientcmd.Load(text)
		require.NoError(t, err)
		require.NoError(t, api.MinifyConfig(config), "there is a current context, and it is whole")
		cluster, user := config.Clusters[apiserver.AuthorizerName], config.AuthInfos[apiserver.AuthorizerName]
		require.Equal(t, "https://10.96.0.9/authorize", cluster.Server)
		require.Equal(t, "bailiwick.bailiwick-system.svc", cluster.TLSServerName)
		require.Equal(t, []string{ca.Path, client.Cert.Path, client.Key.Path}, []string{cluster.CertificateAuthority, user.ClientCertificate, user.ClientKey})
		require.Equal(t, [][]byte{ca.Data, client.Cert.Data, client.Key.Data}, [][]byte{cluster.CertificateAuthorityData, user.ClientCertificateData, user.ClientKeyData})
	}
}

// kube-apiserver's own resolver finds the certificate for the webhooks it is meant for, and for no others.
func TestAdmissionKubeconfig(t *testing.T) {
	text, err := apiserver.AdmissionKubeconfig([]string{"127.0.0.1:9443", "bailiwick.bailiwick-system.svc", "other.guards.svc:8443"}, byPath)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "admission.kubeconfig")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	resolver, err := webhook.NewDefaultAuthenticationInfoResolver(file)
	require.NoError(t, err)
	for host, want := range map[string]string{"127.0.0.1:9443": byPath.Cert.Path, "127.0.0.1:9444": "", "other.example:443": ""} {
		config, err := resolver.ClientConfigFor(host)
		require.NoError(t, err)
		require.Equal(t, want, config.CertFile, host)
	}
	for _, service := range []struct {
		name, namespace string
		port            int
		want            string
	}{{"bailiwick", "bailiwick-system", 443, byPath.Cert.Path}, {"bailiwick", "bailiwick-system", 444, ""}, {"other", "guards", 8443, byPath.Cert.Path}, {"rancher-webhook", "cattle-system", 443, ""}} {
		config, err := resolver.ClientConfigForService(service.name, service.namespace, service.port)
		require.NoError(t, err)
		require.Equal(t, service.want, config.CertFile, service)
	}
	_, err = apiserver.AdmissionKubeconfig(nil, byPath)
	require.ErrorContains(t, err, "no hosts")
}

func TestAdmissionConfiguration(t *testing.T) {
	text, err := apiserver.AdmissionConfiguration("/etc/kubernetes/bailiwick/admission.kubeconfig")
	require.NoError(t, err)
	requireGolden(t, "testdata/admission.yaml", text)
	_, err = apiserver.AdmissionConfiguration("admission.kubeconfig")
	require.ErrorContains(t, err, "wants an absolute path")
}

func TestBundleEnds(t *testing.T) {
	first, second := authority(t, now.Add(time.Hour)), authority(t, now.Add(2*time.Hour))
	ends, err := apiserver.BundleEnds(bytes.Join([][]byte{second, first}, []byte("# between\n")))
	require.NoError(t, err)
	require.True(t, ends.Equal(now.Add(2*time.Hour)), ends)
	for text, want := range map[string]string{
		"":     "no PEM certificate",
		"junk": "no PEM certificate",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n": `a PEM block "PRIVATE KEY"`,
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n": "cannot be read",
	} {
		_, err := apiserver.BundleEnds([]byte(text))
		require.ErrorContains(t, err, want)
	}
}

func FuzzBundleEnds(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Add(authority(f, now))
	f.Fuzz(func(t *testing.T, text []byte) {
		ends, err := apiserver.BundleEnds(text)
		if err == nil {
			require.False(t, ends.IsZero())
		}
	})
}
