package apiserver_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

var now = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// authority is a CA as PEM. Its beginning is long ago.
func authority(t testing.TB, ends time.Time) []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.AddDate(-10, 0, 0), NotAfter: ends, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// cases yields the configurations of testdata/judge: a file NAME.yaml in an archive, and in NAME.want what is found.
func cases(t testing.TB, each func(archive, name, text, want string)) {
	files, err := filepath.Glob("testdata/judge/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		require.Zero(t, len(archive.Files)%2, "%s: each configuration needs what is wanted of it", file)
		for i := 0; i < len(archive.Files); i += 2 {
			name, ok := strings.CutSuffix(archive.Files[i].Name, ".yaml")
			require.True(t, ok && archive.Files[i+1].Name == name+".want", "%s: %s", file, archive.Files[i].Name)
			each(file, name, string(archive.Files[i].Data), string(archive.Files[i+1].Data))
		}
	}
}

// certificates are what stands for $CA in a configuration.
func certificates(t testing.TB) *strings.Replacer {
	encode := func(text []byte) string { return base64.StdEncoding.EncodeToString(text) }
	good, expired, expiring := authority(t, now.AddDate(1, 0, 0)), authority(t, now.Add(-time.Hour)), authority(t, now.AddDate(0, 0, 29))
	return strings.NewReplacer("$GOOD", encode(good), "$EXPIRED", encode(expired), "$EXPIRING", encode(expiring),
		"$BOTH", encode(append(expired, good...)), "$JUNK", encode([]byte("no certificate")), "$BLANK", encode([]byte("\n")))
}

// Bad configurations, and what is said of them. Every rule has one.
func TestJudge(t *testing.T) {
	hit := map[string]bool{}
	replacer := certificates(t)
	got := map[string]*txtar.Archive{}
	cases(t, func(file, name, text, want string) {
		t.Run(name, func(t *testing.T) {
			var lines strings.Builder
			for _, f := range judged(t, []byte(replacer.Replace(text))) {
				hit[f.Rule] = true
				require.NotEmpty(t, f.Hint, f)
				f.Position = policy.Position{}
				f.Object = policy.Ref{}
				fmt.Fprintf(&lines, "%s %s: %s (%s)\n", f.Severity, f.Rule, f, f.Hint)
			}
			if got[file] == nil {
				got[file] = &txtar.Archive{Comment: []byte("What is said of configurations.\n\n")}
			}
			got[file].Files = append(got[file].Files, txtar.File{Name: name + ".yaml", Data: []byte(text)}, txtar.File{Name: name + ".want", Data: []byte(lines.String())})
			if !*update {
				require.Equal(t, want, lines.String(), "if this is meant, run: go test ./webhook/apiserver -run TestJudge -update")
			}
		})
	})
	if *update {
		for file, archive := range got {
			require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
		}
	}
	for _, rule := range apiserver.Rules() {
		require.True(t, hit[rule.ID], "nothing in testdata/judge is found by %s", rule.ID)
	}
}

func TestJudgeLeavesOthersAlone(t *testing.T) {
	for _, text := range []string{
		"", "[]", "a", "{}", "{kind: AuthorizationConfiguration}", "{apiVersion: v1, kind: ValidatingWebhookConfiguration}",
		"{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy}", "{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration}",
		"{apiVersion: admissionregistration.k8s.io/v1beta1, kind: ValidatingWebhookConfiguration}", "{apiVersion: a/b/c, kind: AuthorizationConfiguration}",
	} {
		raw, err := yaml.YAMLToJSON([]byte(text))
		require.NoError(t, err)
		found, ok := apiserver.Judge(raw, policy.Position{}, now)
		require.False(t, ok, text)
		require.Empty(t, found)
	}
}

// The rules stand in the documentation as they are.
func TestRulesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, r := range apiserver.Rules() {
		require.False(t, seen[r.ID], r.ID)
		seen[r.ID] = true
		require.Contains(t, string(text), fmt.Sprintf("| `%s` | %s | %s |\n", r.ID, r.Severity, r.Doc))
	}
}

func FuzzJudge(f *testing.F) {
	replacer := certificates(f)
	cases(f, func(_, _, text, _ string) {
		raw, err := yaml.YAMLToJSON([]byte(replacer.Replace(text)))
		require.NoError(f, err)
		f.Add(raw)
	})
	rules := map[string]policy.Severity{}
	for _, r := range apiserver.Rules() {
		rules[r.ID] = r.Severity
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		found, _ := apiserver.Judge(raw, policy.Position{}, now)
		for _, finding := range found {
			require.Equal(t, rules[finding.Rule], finding.Severity, finding.Rule)
			require.NotEmpty(t, finding.Message)
			require.NotEmpty(t, finding.Hint)
		}
	})
}
