package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// written is the document of the test program, which is built from the same go.mod as bailiwick.
func written(t *testing.T) (text []byte, doc *document) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "sbom.cdx.json")
	require.NoError(t, run(t.Context(), []string{"-v", "v1.2.3", "-o", out, os.Args[0]}))
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&doc))
	return text, doc
}

func TestEveryModuleIsListed(t *testing.T) {
	_, doc := written(t)
	scope := map[string]string{}
	for _, c := range doc.Components {
		require.NotContains(t, scope, c.Name+"@"+c.Version)
		scope[c.Name+"@"+c.Version] = c.Scope
	}

	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{if not .Main}}{{.Path}}@{{.Version}}{{end}}", "all").Output()
	require.NoError(t, err)
	modules := strings.Fields(string(out))
	require.Len(t, scope, len(modules)+1, "the build list and the standard library")
	for _, m := range modules {
		require.Contains(t, scope, m)
	}
	info, err := buildinfo.ReadFile(os.Args[0])
	require.NoError(t, err)
	required := 0
	for _, s := range scope {
		if s == "required" {
			required++
		}
	}
	require.Equal(t, len(info.Deps)+1, required)
	for _, m := range info.Deps {
		require.Equal(t, "required", scope[m.Path+"@"+m.Version])
	}
}

// The document is one that CycloneDX's schema accepts, as far as it can go wrong here.
func TestDocument(t *testing.T) {
	text, doc := written(t)
	again, _ := written(t)
	require.Equal(t, string(text), string(again))
	require.Equal(t, "CycloneDX 1.6", doc.BOMFormat+" "+doc.SpecVersion)
	require.Regexp(t, `^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, doc.SerialNumber)
	require.Equal(t, "pkg:golang/github.com/bailiwick-dev/bailiwick@v1.2.3", doc.Metadata.Component.PURL)

	refs := map[string]bool{doc.Metadata.Component.Ref: true}
	for _, c := range doc.Components {
		require.Regexp(t, `^pkg:golang/[0-9a-z./_~-]+@v?[0-9][0-9A-Za-z.%-]*$`, c.PURL)
		require.NotContains(t, refs, c.Ref)
		refs[c.Ref] = true
		for _, h := range c.Hashes {
			require.Regexp(t, `^[0-9a-f]{64}$`, h.Content)
		}
		require.True(t, c.Scope == "excluded" || c.Name == "std" || len(c.Hashes) == 1, c.Name)
	}
	edges := 0
	for _, d := range doc.Dependencies {
		require.Contains(t, refs, d.Ref)
		for _, to := range d.DependsOn {
			require.Contains(t, refs, to)
			edges++
		}
	}
	require.Greater(t, edges, len(doc.Components))
}

func TestRefused(t *testing.T) {
	require.ErrorContains(t, run(t.Context(), nil), "name the one program")
	require.ErrorContains(t, run(t.Context(), []string{"nowhere"}), "nowhere: no such file")
	require.ErrorContains(t, run(t.Context(), []string{"bom.go"}), "bom.go: unrecognized file format")
	_, err := describe("dev", nil, &debug.BuildInfo{Deps: []*debug.Module{{Path: "example.com/other"}}}, nil, nil)
	require.ErrorContains(t, err, "holds example.com/other, which go.mod does not name")
}

func TestPackageURL(t *testing.T) {
	require.Equal(t, "pkg:golang/github.com/burntsushi/toml@v1.6.0", purl("github.com/BurntSushi/toml", "v1.6.0"))
	require.Equal(t, "pkg:golang/github.com/coreos/go-oidc@v2.5.0%2Bincompatible", purl("github.com/coreos/go-oidc", "v2.5.0+incompatible"))
}
