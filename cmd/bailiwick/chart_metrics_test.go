package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// TestChartMetrics: alerts and the dashboard name only metrics that a server has.
func TestChartMetrics(t *testing.T) {
	known := registeredMetrics(t)
	for _, expression := range append(alertExpressions(t), dashboardExpressions(t)...) {
		names := metricsIn(expression)
		require.NotEmpty(t, names, expression)
		for _, name := range names {
			require.Contains(t, known, name, expression)
		}
	}
}

// registeredMetrics are the metrics of a server as it is wired, also those that count nothing yet.
func registeredMetrics(t *testing.T) map[string]bool {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	log := slog.New(slog.DiscardHandler)
	i := install(t, charts+"testdata/golden/bailiwick-management-everything.yaml")
	i.config.InCluster, i.config.Kubeconfig, i.config.StateDir = false, someKubeconfig(t), ""
	from, err := openSource(i.config, registry, log)
	require.NoError(t, err)
	feed := newFeed(from, i.setup.policy, registry, log)
	registration := newRegistration(i.config, i.setup, feed, registry, log)
	serving, err := servingCertificate(i.config, i.setup, newRotation(i.config, i.setup, registration, registry, log))
	require.NoError(t, err)
	registry.MustRegister(&certificateEnds{serving, i.setup.clients})
	newServer(i.config, i.setup, feed, registry, log)

	descs := make(chan *prometheus.Desc)
	go func() { registry.Describe(descs); close(descs) }()
	known := map[string]bool{}
	for desc := range descs {
		name := regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(desc.String())[1]
		known[name] = true
		if strings.HasSuffix(name, "_seconds") {
			known[name+"_bucket"] = true // of a histogram
		}
	}
	return known
}

func someKubeconfig(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte(`{apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}],
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}], users: [{name: a, user: {}}]}`), 0o600))
	return file
}

func alertExpressions(t *testing.T) []string {
	t.Helper()
	var file struct {
		Alerts []struct{ Expr string }
	}
	text, err := os.ReadFile(charts + "bailiwick/files/alerts.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &file))
	var all []string
	for _, a := range file.Alerts {
		all = append(all, a.Expr)
	}
	require.NotEmpty(t, all)
	return all
}

func dashboardExpressions(t *testing.T) []string {
	t.Helper()
	var board struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
		Templating struct {
			List []struct{ Type, Query string }
		}
	}
	text, err := os.ReadFile(charts + "bailiwick/files/dashboard.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &board))
	var all []string
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	for _, v := range board.Templating.List {
		if v.Type == "query" {
			all = append(all, v.Query)
		}
	}
	require.NotEmpty(t, all)
	return all
}

var (
	// notMetrics are selectors, ranges, texts and lists of labels.
	notMetrics = regexp.MustCompile(`\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|without|on|ignoring)\s*\([^)]*\)`)
	// promQLWords are what may be a metric, or a function before its parenthesis.
	promQLWords = regexp.MustCompile(`[a-zA-Z_][a-zA-Z0-9_:]*\s*\(?`)
)

// metricsIn are the names of metrics in PromQL, as simple as it is here.
func metricsIn(expression string) []string {
	expression = strings.Replace(expression, ", namespace)", ")", 1) // label_values(metric, label)
	var names []string
	for _, word := range promQLWords.FindAllString(notMetrics.ReplaceAllString(expression, ""), -1) {
		if !strings.HasSuffix(word, "(") && !slices.Contains([]string{"and", "or", "unless", "bool"}, strings.TrimSpace(word)) {
			names = append(names, strings.TrimSpace(word))
		}
	}
	return names
}

func TestMetricsIn(t *testing.T) {
	require.Equal(t, []string{"a_bucket", "b"}, metricsIn(`histogram_quantile(0.99, sum by (le, endpoint) (rate(a_bucket{x="y", z=~"c|d"}[5m]))) > 0.05 and b == 1`))
}
