package apiserver_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// usual is what nobody has chosen otherwise.
func usual() apiserver.Authorization {
	return apiserver.Authorization{
		Kubernetes: apiserver.NewestMinor, Kubeconfig: "/etc/kubernetes/bailiwick/authorization.kubeconfig", Namespace: "bailiwick-system",
		Timeout: 3 * time.Second, AuthorizedTTL: 30 * time.Second, UnauthorizedTTL: 5 * time.Second,
	}
}

func TestAuthorizationConfigurations(t *testing.T) {
	cases := map[string]apiserver.Authorization{}
	for m := apiserver.OldestMinor; m <= apiserver.NewestMinor; m++ {
		a := usual()
		a.Kubernetes = m
		cases[m.String()] = a
	}
	after := usual()
	after.AfterRBAC = true
	cases["after-rbac"] = after
	uncached := usual()
	uncached.AuthorizedTTL, uncached.UnauthorizedTTL = 0, 0
	cases["uncached"] = uncached
	for name, a := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := a.YAML()
			require.NoError(t, err)
			requireGolden(t, "testdata/authorization-"+name+".yaml", got)
			found := judged(t, got)
			if a.AfterRBAC {
				require.Len(t, found, 1)
				require.Equal(t, "authorization/order", found[0].Rule)
				return
			}
			require.Empty(t, found, "kube-apiserver takes it, and it is as good as it can be")
		})
	}
}

func requireGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	again := "go test ./webhook/apiserver -run " + t.Name() + " -update"
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "to write it, run: "+again)
	require.Equal(t, string(want), string(got), "if this is meant, run: "+again)
}

func judged(t *testing.T, text []byte) []apiserver.Finding {
	t.Helper()
	raw, err := yaml.YAMLToJSONStrict(text)
	require.NoError(t, err)
	found, ok := apiserver.Judge(raw, policy.Position{File: "a.yaml", Line: 1}, now)
	require.True(t, ok)
	return found
}

func TestWhatKubernetesBrought(t *testing.T) {
	for m, want := range map[apiserver.Minor]struct {
		apiVersion              string
		selectors, constrained  bool
		refusesToKeepNoAnswerAs string
	}{
		30: {"apiserver.config.k8s.io/v1beta1", false, false, "kube-apiserver 1.30 always keeps answers"},
		31: {"apiserver.config.k8s.io/v1beta1", false, false, "kube-apiserver 1.31 always keeps answers"},
		32: {"apiserver.config.k8s.io/v1", true, false, "kube-apiserver 1.32 always keeps answers"},
		33: {"apiserver.config.k8s.io/v1", true, false, "kube-apiserver 1.33 always keeps answers"},
		34: {"apiserver.config.k8s.io/v1", true, false, ""},
		35: {"apiserver.config.k8s.io/v1", true, false, ""},
		36: {"apiserver.config.k8s.io/v1", true, true, ""},
		37: {"apiserver.config.k8s.io/v1", true, true, ""},
	} {
		require.Equal(t, want.apiVersion, m.APIVersion(), m)
		require.Equal(t, want.selectors, m.TellsSelectors(), m)
		require.Equal(t, want.constrained, m.ConstrainsImpersonation(), m)
		a := usual()
		a.Kubernetes, a.UnauthorizedTTL = m, 0
		_, err := a.YAML()
		if want.refusesToKeepNoAnswerAs == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want.refusesToKeepNoAnswerAs)
	}
}

func TestAuthorizationRefuses(t *testing.T) {
	for want, change := range map[string]func(*apiserver.Authorization){
		`the kubeconfig "a/b": kube-apiserver wants an absolute path`:       func(a *apiserver.Authorization) { a.Kubeconfig = "a/b" },
		`"x'y" is no name of a namespace`:                                   func(a *apiserver.Authorization) { a.Namespace = "x'y" },
		`"" is no name of a namespace`:                                      func(a *apiserver.Authorization) { a.Namespace = "" },
		"a timeout of 31s: kube-apiserver wants more than 0s":               func(a *apiserver.Authorization) { a.Timeout = 31 * time.Second },
		"a timeout of 0s: kube-apiserver wants more than 0s":                func(a *apiserver.Authorization) { a.Timeout = 0 },
		"answers cannot be kept for less than no time":                      func(a *apiserver.Authorization) { a.AuthorizedTTL = -1 },
		"kube-apiserver 1.33 always keeps answers: a time of 0s needs 1.34": func(a *apiserver.Authorization) { a.Kubernetes, a.AuthorizedTTL = 33, 0 },
	} {
		a := usual()
		change(&a)
		_, err := a.YAML()
		require.ErrorContains(t, err, want)
	}
}

func TestMinors(t *testing.T) {
	for text, want := range map[string]apiserver.Minor{
		"1.30": 30, "v1.37": 37, "1.37.1": 37, "v1.33.5+rke2r1": 33, "1.34+": 34, "v1.36.0-rc.1": 36,
	} {
		got, err := apiserver.ParseMinor(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string]string{
		"": "no version", "1": "no version", "2.30": "no version", "1.30x": "no version", "1.9999": "no version", "1.-1": "no version",
		"1.29": "version 1.29 of Kubernetes is not among those that are known, 1.30 to 1.37", "1.38.0": "is not among",
	} {
		_, err := apiserver.ParseMinor(text)
		require.ErrorContains(t, err, want, text)
	}
}

// The times in the file are what it says of them.
func TestRevocationArithmetic(t *testing.T) {
	a := usual()
	require.Equal(t, apiserver.InForce+a.Timeout+a.AuthorizedTTL, a.Revoked())
	require.Equal(t, 34*time.Second, a.Revoked())
	require.Equal(t, 9*time.Second, a.Granted())
	text, err := a.YAML()
	require.NoError(t, err)
	require.Contains(t, string(text), "# What is taken away may still be allowed for 34s:\n")
	require.Contains(t, string(text), "takes 9s (unauthorizedTTL")
}
