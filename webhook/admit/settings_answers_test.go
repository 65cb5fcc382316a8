package admit_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// settingNamed is the Setting of a name with a value.
func settingNamed(t testing.TB, name, value string) string {
	obj, err := json.Marshal(map[string]any{"apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting",
		"metadata": map[string]any{"name": name}, "value": value})
	require.NoError(t, err)
	return string(obj)
}

// A defect of Harvester's own webhook: mistakes of users come back as 500 Internal Server Error.
func TestDefectUserErrorsAreReportedAs500(t *testing.T) {
	for _, tc := range []struct{ name, value, field string }{
		{"upgrade-config", `{"imagePreloadOption":{"strategy":{"type":"fast"}}}`, "value/imagePreloadOption/strategy/type"},
		{"upgrade-config", `{"imagePreloadOption":{"strategy":{"type":"skip"}},"logReadyTimeout":"25"}`, "value/logReadyTimeout"},
		{"max-hotplug-ratio", "25", "value"},
		{"instance-manager-resources", `{"cpu":{"v1":"45","v2":"12"}}`, "value/cpu/v1"},
		{"longhorn-v2-data-engine-memory-size", "2Gi", "value"},
		{"traefik-default-tls-options", "minVersion: VersionTLS12", "value"},
		{"cluster-pod-security-standard", `{"enabled":"yes"}`, "value/enabled"},
	} {
		got := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: settingNamed(t, tc.name, tc.value)})
		require.Equal(t, []string{tc.field}, invalidFields(t, got.Refusal), tc.name)
	}
}

func TestSettingsTellSeveralMistakesAtOnce(t *testing.T) {
	got := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: settingNamed(t, "overcommit-config", `{"cpu":85,"memory":"150"}`)})
	require.Equal(t, []string{"value/cpu", "value/memory", "value/storage"}, invalidFields(t, got.Refusal))
}

// What a controller writes when it only notes a status is neither refused nor commented on.
func TestSettingsSayNothingOfAStatus(t *testing.T) {
	const weak = `{"httpProxy":"http://u:hunter2@p:3128","noProxy":"192.168.20.0/24,fd00:20::/64"}`
	first := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: setting(weak, "{}")})
	require.Nil(t, first.Refusal)
	require.NotEmpty(t, first.Warnings)
	noted := strings.Replace(setting(weak, "{}"), "{", `{"status":{"conditions":[]},`, 1)
	require.Empty(t, submit(t, compile(t, nodes, policy.Options{}), "settings", write{old: setting(weak, "{}"), object: noted}).Warnings)
}

// The value that a write replaces is in the request, which the snapshot may not have caught up with.
func TestSettingsCompareWithWhatTheyReplace(t *testing.T) {
	const target = `{"type":"s3","bucketName":"b","bucketRegion":"r"%s}`
	keys := fmt.Sprintf(target, `,"accessKeyId":"a","secretAccessKey":"s"`)
	without := settingNamed(t, "backup-target", fmt.Sprintf(target, ""))
	stale := "\n---\n" + settingNamed(t, "backup-target", "") + "\n"
	controller := write{user: harvester, old: settingNamed(t, "backup-target", keys), object: without}
	got := submit(t, compile(t, nodes+stale, policy.Options{}), "settings", controller)
	require.Nil(t, got.Refusal)
	require.Empty(t, got.Warnings, "the keys have gone into a Secret")
	got = submit(t, compile(t, nodes+stale, policy.Options{}), "settings", write{object: without})
	require.NotNil(t, got.Refusal, "there never were any")
}

func TestSettingsNeverShowSecrets(t *testing.T) {
	const secret = "hunter2hunter2"
	for name, value := range map[string]string{
		"http-proxy":               `{"httpProxy":"http://user:` + secret + `@p:3128","noProxy":"x"}`,
		"ssl-certificates":         `{"publicCertificate":"x","privateKey":"-----BEGIN PRIVATE KEY-----\n` + secret + `\n-----END PRIVATE KEY-----"}`,
		"containerd-registry":      `{"Configs":{"r.lab":{"Auth":{"password":"` + secret + `"}}}}`,
		"backup-target":            `{"type":"s3","secretAccessKey":"` + secret + `"}`,
		"cluster-registration-url": `{"url":"http://u:` + secret + `@rancher.example/v3/import/` + secret + `.yaml"}`,
	} {
		got := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: settingNamed(t, name, value)})
		require.NotNil(t, got.Refusal, name)
		all, err := json.Marshal(got.Refusal)
		require.NoError(t, err)
		require.NotContains(t, string(all)+allOf(got.Warnings), "hunter2", name)
	}
}

// kube-apiserver passes on 4,096 characters of warnings and cuts them all when there are more.
func TestSettingWarningsFit(t *testing.T) {
	var endpoints []string
	for i := range 40 {
		endpoints = append(endpoints, fmt.Sprintf("http://r%d.lab.example:5000", i))
	}
	for _, tc := range []struct {
		endpoints int
		last      string
	}{{3, "(use https)"}, {21, "replaced on the way"}, {40, "more warnings are left out: bailiwick settings check shows all"}} {
		value, err := json.Marshal(map[string]any{"Mirrors": map[string]any{strings.Repeat("r", 50): map[string]any{"Endpoints": endpoints[:tc.endpoints]}}})
		require.NoError(t, err)
		got := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: settingNamed(t, "containerd-registry", string(value))})
		require.Nil(t, got.Refusal)
		length := 0
		for _, w := range got.Warnings {
			length += utf8.RuneCountInString(w)
		}
		require.LessOrEqual(t, length, 3200)
		require.True(t, strings.HasSuffix(got.Warnings[len(got.Warnings)-1], tc.last), got.Warnings)
	}
}

// The examples are what their names say.
func TestSettingExamples(t *testing.T) {
	facts, err := os.ReadFile("../../examples/policy/harvester.yaml")
	require.NoError(t, err)
	files, err := filepath.Glob("../../examples/settings/*.yaml")
	require.NoError(t, err)
	require.Greater(t, len(files), 4)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		got := submit(t, compile(t, string(facts), policy.Options{}), "settings", write{object: string(text)})
		require.Equal(t, strings.HasSuffix(file, "-bad.yaml"), got.Refusal != nil, file)
		require.NotEqual(t, strings.HasSuffix(file, "-bad.yaml"), strings.HasSuffix(file, "-good.yaml"), file)
	}
}
