package certs_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/certs"
)

func TestFromDirFollowsRenewal(t *testing.T) {
	dir := t.TempDir()
	ca, err := certs.NewAuthority("ca", time.Hour)
	require.NoError(t, err)
	put(t, dir, issue(t, ca, "first.example"))
	serving, err := certs.FromDir(dir, time.Now())
	require.NoError(t, err)
	go func() { _ = serving.Run(t.Context()) }()
	require.Equal(t, "first.example", servedName(t, serving, ca))

	put(t, dir, issue(t, ca, "second.example"))
	require.Eventually(t, func() bool { return servedName(t, serving, ca) == "second.example" }, 15*time.Second, 50*time.Millisecond)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.crt"), []byte("junk"), 0o600))
	time.Sleep(200 * time.Millisecond)
	require.Equal(t, "second.example", servedName(t, serving, ca), "a broken file must not replace a good certificate")
}

func TestFromDirRefuses(t *testing.T) {
	ca, err := certs.NewAuthority("ca", time.Hour)
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		files func(t *testing.T, dir string)
		now   time.Time
		want  string
	}{
		"nothing there": {func(*testing.T, string) {}, time.Now(), "no such file"},
		"junk": {func(t *testing.T, dir string) {
			put(t, dir, certs.Pair{Cert: []byte("junk"), Key: []byte("junk")})
		}, time.Now(), "failed to find any PEM data"},
		"the key of another": {func(t *testing.T, dir string) {
			put(t, dir, certs.Pair{Cert: issue(t, ca, "a").Cert, Key: issue(t, ca, "b").Key})
		}, time.Now(), "private key does not match public key"},
		"expired": {func(t *testing.T, dir string) { put(t, dir, issue(t, ca, "a")) }, time.Now().Add(2 * time.Hour), "expired on"},
		"not yet": {func(t *testing.T, dir string) { put(t, dir, issue(t, ca, "a")) }, time.Now().Add(-2 * time.Hour), "not valid before"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tc.files(t, dir)
			_, err := certs.FromDir(dir, tc.now)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestSelfSigned(t *testing.T) {
	out := filepath.Join(t.TempDir(), "new", "folder")
	serving, err := certs.SelfSigned(out, "localhost", "127.0.0.1")
	require.NoError(t, err)
	ca, err := os.ReadFile(filepath.Join(out, "ca.crt"))
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	cert, err := serving.Get(nil)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	require.NoError(t, err)
	for _, host := range []string{"localhost", "127.0.0.1"} {
		_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host})
		require.NoError(t, err)
	}
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays")
}

func issue(t *testing.T, ca *certs.Authority, host string) certs.Pair {
	t.Helper()
	pair, err := ca.Server(time.Hour, host)
	require.NoError(t, err)
	return pair
}

func put(t *testing.T, dir string, pair certs.Pair) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.key"), pair.Key, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.crt"), pair.Cert, 0o600))
}

func servedName(t *testing.T, serving *certs.Serving, ca *certs.Authority) string {
	t.Helper()
	cert, err := serving.Get(nil)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca.PEM())
	_, err = leaf.Verify(x509.VerifyOptions{Roots: pool})
	require.NoError(t, err)
	return leaf.Subject.CommonName
}
