package settings

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secretPlaces are values with SECRET where people put one, well-formed or not.
var secretPlaces = map[string][]string{
	"http-proxy": {
		`{"httpProxy":"http://user:SECRET@p:3128"}`,
		`{"httpProxy":"http://SECRET:x@p:3128","httpsProxy":"user:SECRET@p:3128"}`,
		`{"httpProxy":"http://user:SECRET"}`,
		`{"httpProxy":"user:SECRET"}`,
		`{"httpProxy":"SECRET"}`,
		`{"httpProxy":"http://user:SECRET@:0","httpsProxy":"ftp://user:SECRET@p"}`,
		`{"httpProxy":"http://user:pass word SECRET@p:3128"}`,
		`{"httpProxy":"http://p:3128/SECRET?SECRET#SECRET"}`,
		`{"httpProxy":"http://p:3128","noProxy":"http://user:SECRET@mirror,user:SECRET@b,a user:SECRET@c"}`,
		`{"httpProxy":"http://p:3128","noProxy":"https://user:SECRET@"}`,
		`{"http_proxy":"http://user:SECRET@p:3128"}`,
		`{"http://user:SECRET@p:3128":""}`,
		`{"httpProxy":["http://user:SECRET@p"]}`,
		`http://user:SECRET@p:3128`,
	},
	"ssl-certificates": {
		`{"privateKey":"SECRET"}`,
		`{"publicCertificate":"SECRET","privateKey":"SECRET","ca":"SECRET"}`,
		`{"private_key":"SECRET","privateKey":{"x":"SECRET"}}`,
		`{"publicCertificate":"x","privateKey":"-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----"}`,
		`{"publicCertificate":"-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----","privateKey":"x"}`,
		`{"privateKey":"SECRET`,
	},
	"additional-ca": {
		`SECRET`,
		"-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nSECRET",
	},
	"containerd-registry": {
		`{"Configs":{"r.lab":{"Auth":{"Username":"SECRET","Password":"SECRET","Auth":"SECRET","IdentityToken":"SECRET"}}}}`,
		`{"Configs":{"r.lab":{"Auth":{"password":"SECRET","identity_token":"SECRET","pass":"SECRET"}}}}`,
		`{"Configs":{"user:SECRET@r.lab":{"Auth":"SECRET"}}}`,
		`{"Mirrors":{"docker.io":{"Endpoints":["https://user:SECRET@r.lab","user:SECRET@r.lab:5000","https://user:SECRET"]}}}`,
		`{"Auths":{"r.lab":{"Password":"SECRET"}}}`,
		`{"Configs":{"r.lab":{"TLS":{"KeyFile":"-----BEGIN PRIVATE KEY-----SECRET"}}}}`,
		`{"Configs":{"r.lab":{"TLS":{"KeyFile":"SECRET"}}}}`,
		`password: SECRET`,
	},
	"backup-target": {
		`{"type":"s3","accessKeyId":"SECRET","secretAccessKey":"SECRET","bucketName":"b"}`,
		`{"type":"nfs","endpoint":"nfs://a:/b","accessKeyId":"SECRET","secretAccessKey":"SECRET","cert":"SECRET"}`,
		`{"type":"s3","secretKey":"SECRET","secretAccessKey":["SECRET"]}`,
		`{"type":"s3","endpoint":"https://user:SECRET@m:9000"}`,
		`{"type":"nfs","endpoint":"nfs://user:SECRET@m"}`,
		`{"secretAccessKey":SECRET}`,
	},
	"cluster-registration-url": {
		`https://rancher.example/v3/import/SECRET_c-m-x.yaml`,
		`http://rancher.example/v3/import/SECRET_c-m-x.yaml`,
		`{"url":"https://rancher.example/v3/import/SECRET_c-m-x.yaml?token=SECRET","insecureSkipTLSVerify":true}`,
		`{"url":"https://user:SECRET@rancher.example/SECRET"}`,
		`{"url":"rancher.example/v3/import/SECRET.yaml"}`,
	},
	"ui-index":                    {`https://user:SECRET@ui.example/x`, `ftp://user:SECRET@ui.example`, `user:SECRET@ui.example`},
	"ui-plugin-index":             {`https://user:SECRET@ui.example/x?SECRET`},
	"release-download-url":        {`http://user:SECRET@ui.example/x`},
	"upgrade-checker-url":         {`http://user:SECRET@ui.example/x`},
	"ntp-servers":                 {`{"ntpServers":["https://user:SECRET@ntp"]}`},
	"traefik-default-tls-options": {`{"clientAuth":{"secretNames":"SECRET"}}`},
}

// generated secrets, some of which break URLs, JSON pointers and Go formats.
func secrets(random *rand.Rand) []string {
	letters := []rune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
	word := func(alphabet []rune) string {
		runes := make([]rune, 24)
		for i := range runes {
			runes[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(runes)
	}
	plainWord := word(letters)
	return []string{plainWord, "%" + word(letters), word(letters) + "%zz", word(append(letters, []rune("/?#:~%!")...)), strings.Repeat(word(letters), 3)}
}

func TestSecretsAreNeverShown(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for name, values := range secretPlaces {
		for _, template := range values {
			for _, secret := range secrets(random) {
				value := strings.ReplaceAll(template, "SECRET", secret)
				for _, facts := range []Facts{{}, lab(), withSecrets(secret)} {
					requireSilent(t, Check(name, value, facts), secret, name+": "+value)
				}
			}
		}
	}
}

// withSecrets has other settings hold the secret.
func withSecrets(secret string) Facts {
	f := lab()
	for name, values := range secretPlaces {
		f.Settings[name] = strings.ReplaceAll(values[0], "SECRET", secret)
	}
	return f
}

func TestPrivateKeysAreNeverShown(t *testing.T) {
	p := newPKI(t)
	for _, key := range []string{pkcs8(t, rsaKey()), pkcs1(t, rsaKey()), sec1(t, p.leaf.key), pkcs8(t, edKey(t))} {
		quoted, err := json.Marshal(key)
		require.NoError(t, err)
		for _, info := range List() {
			for _, value := range []string{key, string(quoted), fmt.Sprintf(`{"privateKey":%s}`, quoted), sslValue(t, key, key, key), sslValue(t, key, p.leaf.pem(), key)} {
				for line := range strings.SplitSeq(key, "\n") {
					if len(line) >= 16 && !strings.HasPrefix(line, "---") {
						requireSilent(t, Check(info.Name, value, lab()), line[:16], info.Name)
					}
				}
			}
		}
	}
}

// requireSilent looks for the secret and for any long part of it.
func requireSilent(t *testing.T, r Result, secret, about string) {
	t.Helper()
	for _, f := range slices.Concat(r.Errors, r.Warnings) {
		text := f.Path + "\x00" + f.Message + "\x00" + f.Hint
		for i := 0; i+8 <= len(secret); i++ {
			if strings.Contains(text, secret[i:i+8]) {
				require.NotContains(t, text, secret[i:i+8], about)
			}
		}
	}
}
