package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
)

// fieldNames are the fields of the configuration, by the flags that are the same words: policyDir by policy-dir.
func fieldNames(t *testing.T) map[string]string {
	t.Helper()
	byWord := map[string]string{}
	for field := range reflect.TypeFor[config]().Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			byWord[strings.ToLower(name)] = name
		}
	}
	names := map[string]string{}
	for _, o := range serveOptions {
		word := strings.ReplaceAll(o.name, "-", "")
		require.NotEmpty(t, byWord[word], "--%s is no field", o.name)
		names[o.name] = byWord[word]
		delete(byWord, word)
	}
	require.Empty(t, byWord, "these fields have no flag")
	return names
}

// TestConfigurationPage: docs/configuration.md is written from the flags of serve.
func TestConfigurationPage(t *testing.T) {
	const file = "../../docs/configuration.md"
	want := describeConfiguration(fieldNames(t))
	if *updateDocs {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, want, string(text), "to write it, run: make generate")
}

func describeConfiguration(fields map[string]string) string {
	var b strings.Builder
	b.WriteString(`# Configuration

Written by make generate from the flags of bailiwick serve.

Each flag of bailiwick serve can stand in a file that --config names. Flags win over it.

` + "```yaml" + `
apiVersion: ` + v1alpha1.GroupVersion + `
kind: ServerConfiguration
policyDir: /etc/bailiwick/policy
certDir: /etc/bailiwick/tls
clientCA: /etc/bailiwick/client-ca.crt
mode: {profiles: warn}
` + "```" + `

| field | flag | value | what it is |
|---|---|---|---|
`)
	flags, defaults := pflag.NewFlagSet("", pflag.ContinueOnError), defaultConfig()
	for _, o := range serveOptions {
		o.register(flags, &defaults)
		f := flags.Lookup(o.name)
		value, usage := pflag.UnquoteUsage(f)
		if f.Value.Type() != "bool" && f.DefValue != "" && f.DefValue != "[]" && f.DefValue != "0s" && f.DefValue != "0" {
			usage += " (default: " + f.DefValue + ")"
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s |\n", fields[o.name], o.name, cell(value), cell(usage))
	}
	return b.String()
}

// cell is a text within a table, whose bars are no ends of cells.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text)
}
