package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

const charts = "../../charts/"

// installed is what the chart gives a server: its configuration, and what it may do, by namespace.
type installed struct {
	config *config
	setup  *setup
	rules  map[string][]rbacv1.PolicyRule
}

// TestChart: with every documented use of the chart the server can start, and it may do what it needs and nothing more.
func TestChart(t *testing.T) {
	examples, problems, err := load.Paths(nil, "../../examples/policy")
	require.NoError(t, err)
	require.Empty(t, problems)
	files, err := filepath.Glob(charts + "testdata/golden/bailiwick-*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			i := install(t, file)
			objs := &policy.Objects{}
			if strings.Contains(file, "everything") {
				objs = examples // its values name what these RoleRequests name
			}
			needed, given := rightsIn(serveRules(i.config, i.setup, objs)), rightsIn(i.rules)
			for r := range needed {
				// What is read in one namespace may be read by its name in all: there need not be such a namespace.
				require.True(t, given[r] || given[r.everywhere()], "not allowed: %v", r)
			}
			for r := range given {
				require.True(t, needed[r] || r.namespace == "" && inSomeNamespace(needed, r), "allowed for nothing: %v", r)
			}
		})
	}
}

// right is the right to do one thing.
type right struct{ namespace, verb, group, resource, name string }

func (r right) everywhere() right { r.namespace = ""; return r }

func rightsIn(rules map[string][]rbacv1.PolicyRule) map[right]bool {
	rights := map[right]bool{}
	for namespace, list := range rules {
		for _, rule := range list {
			names := rule.ResourceNames
			if len(names) == 0 {
				names = []string{""}
			}
			for _, resource := range rule.Resources {
				for _, name := range names {
					for _, verb := range rule.Verbs {
						rights[right{namespace, verb, rule.APIGroups[0], resource, name}] = true
					}
				}
			}
		}
	}
	return rights
}

func inSomeNamespace(needed map[right]bool, r right) bool {
	for n := range needed {
		if n.everywhere() == r {
			return true
		}
	}
	return false
}

func install(t *testing.T, file string) *installed {
	t.Helper()
	i := &installed{rules: map[string][]rbacv1.PolicyRule{}}
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	for d := utilyaml.NewYAMLOrJSONDecoder(f, 4096); ; {
		o := &unstructured.Unstructured{}
		err := d.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		text, isConfig, err := unstructured.NestedString(o.Object, "data", "config.yaml")
		require.NoError(t, err)
		switch {
		case isConfig:
			i.read(t, text)
		case strings.HasSuffix(o.GetKind(), "Role") && o.GetName() == "bailiwick":
			raw, err := json.Marshal(o.Object)
			require.NoError(t, err)
			var role rbacv1.ClusterRole
			require.NoError(t, json.Unmarshal(raw, &role))
			i.rules[o.GetNamespace()] = append(i.rules[o.GetNamespace()], role.Rules...)
		}
	}
	require.NotNil(t, i.config, "no configuration")
	return i
}

// read reads and checks the configuration as serve does, but that its files are not here.
func (i *installed) read(t *testing.T, text string) {
	t.Helper()
	ca, err := certs.NewAuthority("clients", time.Hour)
	require.NoError(t, err)
	clientCA, file := filepath.Join(t.TempDir(), "ca.crt"), filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(clientCA, ca.PEM(), 0o600))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	i.config, err = readConfig(file, &pflag.FlagSet{}, &config{})
	require.NoError(t, err)
	require.NoError(t, checkSource(i.config))

	here := *i.config
	here.ClientCA = clientCA
	if here.CertSecret != "" && here.Kubeconfig == "" { // it is found in a pod only
		here.Kubeconfig, here.InCluster, here.PolicyDir = "kubeconfig", false, ""
	}
	i.setup, err = check(&here)
	require.NoError(t, err)
}
