package settings

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// harvesterSettings are the names that Harvester 1.9 declares.
var harvesterSettings = strings.Fields(`
	additional-ca additional-guest-memory-overhead-ratio api-ui-version auto-disk-provision-paths auto-rotate-rke2-certs
	backup-target cluster-pod-security-standard cluster-registration-url containerd-registry csi-driver-config
	csi-online-expand-validation default-storage-class default-vm-termination-grace-period-seconds harvester-csi-ccm-versions
	http-proxy instance-manager-resources kubeconfig-default-token-ttl-minutes kubevirt-migration log-level
	longhorn-v2-data-engine-enabled longhorn-v2-data-engine-hugepage-enabled longhorn-v2-data-engine-memory-size
	max-hotplug-ratio ntp-servers overcommit-config rancher-cluster release-download-url rwx-network server-version
	ssl-certificates ssl-parameters storage-network support-bundle-expiration support-bundle-file-name support-bundle-image
	support-bundle-namespaces support-bundle-node-collection-timeout support-bundle-timeout traefik-default-tls-options
	ui-index ui-path ui-plugin-index ui-source upgradable-versions upgrade-checker-enabled upgrade-checker-url upgrade-config
	vip-pools vm-force-reset-policy vm-migration-network volume-snapshot-class`)

func TestEverySettingIsRegistered(t *testing.T) {
	require.Len(t, harvesterSettings, 51)
	require.Equal(t, harvesterSettings, names(), "the table is sorted and complete")
}

func TestInfoIsComplete(t *testing.T) {
	var kept []string
	for _, info := range List() {
		require.Regexp(t, `^1\.\d$`, info.Since, info.Name)
		require.NotEmpty(t, info.Form, info.Name)
		require.Regexp(t, `^Refused: .+\.$`, info.Doc, info.Name)
		if info.Keep {
			kept = append(kept, info.Name)
		}
	}
	require.Equal(t, []string{
		"cluster-pod-security-standard", "instance-manager-resources", "rwx-network", "storage-network", "vm-migration-network",
	}, kept, "Harvester refuses to delete these")
}

// bootValues are what older releases of Harvester write at boot, and what its
// chart and controllers write, besides the defaults in the table.
var bootValues = []struct{ name, value string }{
	{"backup-target", `{"type":"","endpoint":"","accessKeyId":"","secretAccessKey":"","bucketName":"","bucketRegion":"","cert":"","virtualHostedStyle":false}`},
	{"harvester-csi-ccm-versions", `{"harvester-cloud-provider":">=0.0.1 <0.2.0","harvester-csi-provider":">=0.0.1 <0.2.0"}`},
	{"overcommit-config", `{"cpu":1600,"memory":150,"storage":200}`},
	{"server-version", `v1.8.2`},
	{"server-version", `master-3d63c2af-head`},
	{"support-bundle-image", `{"repository":"rancher/support-bundle-kit","tag":"master-head","imagePullPolicy":"IfNotPresent"}`},
	{"support-bundle-timeout", `10`},
	{"upgrade-config", `{"imagePreloadOption":{"strategy":{"type":"sequential"}}, "restoreVM": false}`},
	{"vm-force-reset-policy", `{"enable":true,"period":300}`},
	{"containerd-registry", `{"Mirrors":{"docker.io":{"Endpoints":["https://r.lab"],"Rewrites":null}},"Configs":{"r.lab":{"Auth":null,"TLS":null}},"Auths":null}`},
}

// A check that refuses what Harvester writes at boot keeps it from booting.
func TestWhatHarvesterWritesAtBootPasses(t *testing.T) {
	values := slices.Clone(bootValues)
	for _, info := range List() {
		values = append(values, struct{ name, value string }{info.Name, info.Default})
	}
	for sheet, facts := range factSheets {
		for _, v := range values {
			require.Empty(t, Check(v.name, v.value, facts()).Errors, "%s of %s", v.name, sheet)
		}
	}
}

func TestExamplesPass(t *testing.T) {
	for _, info := range List() {
		require.Empty(t, Check(info.Name, info.Example, lab()).Errors, info.Name)
		require.Empty(t, Check(info.Name, info.Example, Facts{}).Errors, info.Name)
	}
}

// Emptying a setting is how it is reset; that must work whatever is known.
func TestResetPasses(t *testing.T) {
	for _, info := range List() {
		for _, facts := range factSheets {
			require.Zero(t, Check(info.Name, "", facts()), info.Name)
		}
	}
}

func TestUnknownSetting(t *testing.T) {
	r := Check("http-proxi", "x", Facts{})
	require.True(t, r.OK())
	require.Equal(t, "setting \"http-proxi\" is not known to this version, its value is not checked (did you mean \"http-proxy\"?)", r.Warnings[0].String())
	require.Len(t, Check("ui-plugin-bundled-version", "1", Facts{}).Warnings, 1)
}

// Every setting has cases of either kind; those with certificates have theirs
// in certificates_test.go.
func TestEverySettingHasCases(t *testing.T) {
	all := readCases(t)
	for _, name := range harvesterSettings {
		if name == "ssl-certificates" || name == "additional-ca" {
			continue
		}
		accepted, others := 0, 0
		for _, c := range all[name] {
			if c.verdict == "accept" {
				accepted++
			} else {
				others++
				require.NotEmpty(t, c.words, "%s:%d: no reason", c.file, c.line)
			}
		}
		require.GreaterOrEqual(t, others, 5, "%s: refused or warned of", name)
		require.GreaterOrEqual(t, accepted, 3, "%s: accepted", name)
	}
	require.Len(t, all, len(harvesterSettings)-2, "cases of settings that do not exist")
}

// Messages go into log lines and status causes: one line, no full stop, no
// capital unless it is a name.
func TestMessagesHaveOneForm(t *testing.T) {
	for name, cases := range readCases(t) {
		for _, c := range cases {
			r := Check(name, c.value, factSheets[c.facts]())
			for _, f := range slices.Concat(r.Errors, r.Warnings) {
				require.NotEmpty(t, f.Message)
				require.NotContains(t, f.String(), "\n")
				require.NotContains(t, f.String(), "%!")
				require.False(t, strings.HasSuffix(f.Message, ".") || strings.HasSuffix(f.Hint, "."), f.String())
			}
		}
	}
}
