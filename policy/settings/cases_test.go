package settings

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The cases of a setting stand in testdata/cases/<setting>.txt, one a line:
//
//	accept | value                    no errors and no warnings
//	warn   | path | words | value     no errors, a warning at path with these words
//	reject | path | words | value     an error at path with these words
//
// Lines that start with # are comments; "facts NAME" selects an entry of
// factSheets for the lines below it, "lab" at the start of a file. In a value,
// \n stands for a line break if the value is not JSON.
type testCase struct {
	file, facts, verdict, path, words, value string
	line                                     int
}

var testNow = time.Date(2026, 8, 20, 12, 0, 0, 0, time.UTC)

// lab is a cluster of three nodes of which everything is known.
func lab() Facts {
	return Facts{
		Now: testNow,
		Nodes: []Node{
			node4("a", "10.20.0.11"), node4("b", "10.20.0.12"), node4("c", "10.20.0.13"),
		},
		NodesKnown:   true,
		VIPs:         []netip.Addr{netip.MustParseAddr("10.20.0.10")},
		Hosts:        []string{"harvester.lab.example"},
		PodCIDRs:     []netip.Prefix{netip.MustParsePrefix("10.52.0.0/16")},
		ServiceCIDRs: []netip.Prefix{netip.MustParsePrefix("10.53.0.0/16")},
		Settings:     map[string]string{},
		Namespaces:   []string{"default", "harvester-system", "kube-system", "longhorn-system", "tenant-a", "tenant-b"},
		StorageClasses: []StorageClass{
			{Name: "longhorn", Provisioner: "driver.longhorn.io", Default: true},
			{Name: "lvm", Provisioner: "lvm.driver.harvesterhci.io"},
		},
		VolumeSnapshotClasses: []string{"longhorn", "longhorn-snapshot", "lvm-snapshot"},
		ClusterNetworks:       []string{"mgmt", "stor"},
	}
}

func node4(name string, addresses ...string) Node {
	n := Node{Name: name, Disks: 1}
	for _, a := range addresses {
		n.Addresses = append(n.Addresses, netip.MustParseAddr(a))
	}
	return n
}

// with is the lab with some settings, given as names and values in turn.
func with(settings ...string) func() Facts {
	return func() Facts {
		f := lab()
		for i := 0; i < len(settings); i += 2 {
			f.Settings[settings[i]] = settings[i+1]
		}
		return f
	}
}

// marked is the lab with the named StorageClasses marked as default.
func marked(names ...string) Facts {
	f := lab()
	for i, c := range f.StorageClasses {
		f.StorageClasses[i].Default = slices.Contains(names, c.Name)
	}
	return f
}

// factSheets are the states of knowledge that cases may ask for.
var factSheets = map[string]func() Facts{
	"none":    func() Facts { return Facts{} },
	"lab":     lab,
	"v1.1":    with("server-version", "v1.1.3"),
	"v1.8":    with("server-version", "v1.8.2"),
	"v2-on":   with("longhorn-v2-data-engine-enabled", "true"),
	"proxied": with("http-proxy", `{"httpProxy":"http://p:3128","noProxy":"10.20.0.0/24,.inside.example"}`),
	"own-versions": with("server-version", "v1.8.2", "api-ui-version", "1.1.10", "upgradable-versions", "v1.8.1,v1.8.2",
		"harvester-csi-ccm-versions", `{"harvester-cloud-provider":">=0.0.1 <0.4.0","harvester-csi-provider":">=0.0.1 <0.3.0"}`),
	"one-version": with("upgradable-versions", "v1.9.0"),
	"networks": with(
		"storage-network", `{"clusterNetwork":"stor","vlan":210,"range":"172.22.8.0/24"}`,
		"vm-migration-network", `{"clusterNetwork":"mgmt","vlan":211,"range":"172.22.9.0/24","exclude":["172.22.9.0/26"]}`,
		"rwx-network", `{"share-storage-network":false}`),
	"shared-storage": with("rwx-network", `{"share-storage-network":true}`),
	"short-certs":    func() Facts { f := lab(); f.RKE2CertLifetime = 30 * 24 * time.Hour; return f },
	"allow-list":     func() Facts { f := lab(); f.RegistrationHosts = []string{"rancher.lab.example"}; return f },
	"lvm-default":    func() Facts { return marked("lvm") },
	"no-default":     func() Facts { return marked() },
	"two-defaults":   func() Facts { return marked("lvm", "longhorn") },
	"no-classes": func() Facts {
		f := lab()
		f.StorageClasses, f.VolumeSnapshotClasses = []StorageClass{}, []string{}
		return f
	},
	"partial": func() Facts { // pod and service networks as nodes and one Service show them
		f := lab()
		f.PodCIDRs = []netip.Prefix{netip.MustParsePrefix("172.16.1.0/24"), netip.MustParsePrefix("172.16.2.0/24")}
		f.ServiceCIDRs = []netip.Prefix{netip.MustParsePrefix("172.17.0.1/32")}
		f.PodCIDRsPartial, f.ServiceCIDRsPartial = true, true
		return f
	},
	"dual": func() Facts {
		f := lab()
		f.Nodes = []Node{node4("a", "10.20.0.11", "fd00:20::11")}
		return f
	},
	"outside": func() Facts { // nothing lies inside the built-in 10.0.0.0/8
		f := lab()
		f.Nodes = []Node{node4("a", "192.168.5.11"), node4("b", "192.168.5.12")}
		f.VIPs = []netip.Addr{netip.MustParseAddr("192.168.6.10")}
		f.PodCIDRs = []netip.Prefix{netip.MustParsePrefix("172.16.0.0/16")}
		f.ServiceCIDRs = []netip.Prefix{netip.MustParsePrefix("fd00:53::/108")}
		f.Settings = map[string]string{
			"cluster-registration-url": `{"url":"https://rancher.lab.example/v3/import/x.yaml"}`,
			"containerd-registry":      `{"Mirrors":{"docker.io":{"Endpoints":["https://mirror.example:5000","http://192.168.7.9:5000"]}}}`,
			"backup-target":            `{"type":"s3","endpoint":"http://minio.lab.example:9000","bucketName":"b","bucketRegion":"r"}`,
		}
		return f
	},
}

func TestCases(t *testing.T) {
	for name, cases := range readCases(t) {
		t.Run(name, func(t *testing.T) {
			for _, c := range cases {
				t.Run(fmt.Sprintf("line%d", c.line), func(t *testing.T) { c.run(t, name) })
			}
		})
	}
}

func (c testCase) run(t *testing.T, name string) {
	t.Helper()
	sheet, ok := factSheets[c.facts]
	require.True(t, ok, "%s:%d: no facts %q", c.file, c.line, c.facts)
	c.judge(t, Check(name, c.value, sheet()))
}

func (c testCase) judge(t *testing.T, r Result) {
	t.Helper()
	switch c.verdict {
	case "accept":
		require.Empty(t, r.Errors, "%s:%d: %s", c.file, c.line, c.value)
		require.Empty(t, r.Warnings, "%s:%d: %s", c.file, c.line, c.value)
	case "warn":
		require.Empty(t, r.Errors, "%s:%d: %s", c.file, c.line, c.value)
		require.True(t, says(r.Warnings, c.path, c.words), "%s:%d: warnings: %v", c.file, c.line, r.Warnings)
	case "reject":
		require.True(t, says(r.Errors, c.path, c.words), "%s:%d: errors: %v", c.file, c.line, r.Errors)
	default:
		t.Fatalf("%s:%d: no verdict %q", c.file, c.line, c.verdict)
	}
}

func says(findings []Finding, path, words string) bool {
	for _, f := range findings {
		if f.Path == path && strings.Contains(f.Message+" ("+f.Hint+")", words) {
			return true
		}
	}
	return false
}

// readCases returns the cases by setting.
func readCases(t testing.TB) map[string][]testCase {
	files, err := filepath.Glob("testdata/cases/*.txt")
	require.NoError(t, err)
	all := map[string][]testCase{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		all[name] = parseCases(t, file, string(text))
	}
	return all
}

func parseCases(t testing.TB, file, text string) (cases []testCase) {
	facts := "lab"
	for i, line := range strings.Split(text, "\n") {
		if name, found := strings.CutPrefix(line, "facts "); found {
			facts = name
			continue
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c := testCase{file: file, facts: facts, line: i + 1}
		columns := 4
		if strings.HasPrefix(line, "accept") {
			columns = 2
		}
		parts := strings.SplitN(line, "|", columns)
		require.Len(t, parts, columns, "%s:%d", file, i+1)
		c.verdict = strings.TrimSpace(parts[0])
		if columns == 4 {
			c.path, c.words = strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
		}
		c.value = strings.TrimPrefix(parts[columns-1], " ")
		if !strings.HasPrefix(c.value, "{") {
			c.value = strings.ReplaceAll(c.value, `\n`, "\n")
		}
		cases = append(cases, c)
	}
	return cases
}
