package admit_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// nodes are the members of a Harvester cluster, one of them with an address of either family.
const nodes = `
{apiVersion: v1, kind: Node, metadata: {name: harv1}, status: {addresses: [{type: InternalIP, address: 192.168.20.11}, {type: InternalIP, address: "fd00:20::11"}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: harv2}, status: {addresses: [{type: InternalIP, address: 192.168.20.12}, {type: Hostname, address: harv2}]}}
`

const (
	good   = `{"httpProxy":"http://proxy.example:3128","httpsProxy":"http://proxy.example:3128","noProxy":"192.168.20.0/24,fd00:20::/64"}`
	bad    = `{"httpProxy":"http://proxy.example:3128","httpsProxy":"http://proxy.example:3128","noProxy":"192.168.20.11,fd00:20::/64"}`
	worse  = `{"httpProxy":"http://proxy.example:3128","httpsProxy":"http://proxy.example:3128","noProxy":"localhost"}`
	broken = `{"httpProxy":`
)

const harvester = "system:serviceaccount:harvester-system:harvester"

// setting is the Setting http-proxy with a value and a default.
func setting(value, standard string) string {
	obj, err := json.Marshal(map[string]any{"apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting",
		"metadata": map[string]any{"name": "http-proxy"}, "value": value, "default": standard})
	if err != nil {
		panic(err)
	}
	return string(obj)
}

func TestSettings(t *testing.T) {
	const asWas, lenient = "(not changed by this write)", "(would be refused from anybody else)"
	for name, tc := range map[string]struct {
		write   write
		invalid []string // fields of the refusal
		warned  string   // part of a warning
	}{
		"a value that covers every node":           {write{object: setting(good, "{}")}, nil, ""},
		"a value that leaves one out":              {write{object: setting(bad, "{}")}, []string{"value/noProxy"}, ""},
		"a value that is no JSON":                  {write{object: setting(broken, "{}")}, []string{"value"}, ""},
		"a platform admin is told all the same":    {write{user: "root", groups: []string{"system:masters"}, object: setting(bad, "{}")}, []string{"value/noProxy"}, ""},
		"the default is checked":                   {write{object: setting("", bad)}, []string{"default/noProxy"}, ""},
		"both are checked":                         {write{object: setting(bad, worse)}, []string{"default/noProxy", "value/noProxy"}, ""},
		"a value equal to its default is no other": {write{object: setting(bad, bad)}, []string{"default/noProxy"}, ""},

		"an update from good to bad":                      {write{old: setting(good, "{}"), object: setting(bad, "{}")}, []string{"value/noProxy"}, ""},
		"an update from bad to worse":                     {write{old: setting(bad, "{}"), object: setting(worse, "{}")}, []string{"value/noProxy"}, ""},
		"an update that leaves a bad value as it was":     {write{old: setting(bad, "{}"), object: setting(bad, "{}")}, nil, asWas},
		"an update that leaves a bad default as it was":   {write{old: setting(good, bad), object: setting("", bad)}, nil, asWas},
		"an update that mends the value":                  {write{old: setting(bad, "{}"), object: setting(good, "{}")}, nil, ""},
		"a reset to nothing":                              {write{old: setting(bad, "{}"), object: setting("", "{}")}, nil, ""},
		"a reset to a default that was bad already":       {write{old: setting(good, bad), object: setting(bad, bad)}, nil, asWas},
		"a value that was the default, and is bad":        {write{old: setting("", "{}"), object: setting(bad, "{}")}, []string{"value/noProxy"}, ""},
		"harvester itself is only warned":                 {write{user: harvester, object: setting(bad, "{}")}, nil, lenient},
		"harvester itself is only warned of the default":  {write{user: harvester, old: setting("", "{}"), object: setting("", worse)}, nil, lenient},
		"what harvester leaves as it was is told as that": {write{user: harvester, old: setting(bad, "{}"), object: setting(bad, "{}")}, nil, asWas},
		"a deletion under way": {write{old: setting(good, "{}"), object: `{apiVersion: harvesterhci.io/v1beta1, kind: Setting, value: "{", ` +
			`metadata: {name: http-proxy, deletionTimestamp: 2026-01-02T03:04:05Z}}`}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := submit(t, compile(t, nodes, policy.Options{}), "settings", tc.write)
			require.Equal(t, tc.invalid, invalidFields(t, got.Refusal))
			if tc.warned != "" {
				require.Contains(t, allOf(got.Warnings), tc.warned)
			} else {
				require.NotContains(t, allOf(got.Warnings), asWas)
				require.NotContains(t, allOf(got.Warnings), lenient)
			}
		})
	}
}

func TestSettingMessageNamesFieldNodeAndRemedy(t *testing.T) {
	got := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: setting(bad, "{}")})
	require.NotNil(t, got.Refusal)
	cause := got.Refusal.Details.Causes[0]
	require.Equal(t, metav1.CauseTypeFieldValueInvalid, cause.Type)
	require.Equal(t, "value/noProxy: "+cause.Message, got.Refusal.Message)
	require.Contains(t, cause.Message, "192.168.20.12 (node harv2)")
	require.Contains(t, cause.Message, "(set noProxy to ")
	require.NotContains(t, cause.Message, "harv1")
}

func TestSettingThatIsNotKnown(t *testing.T) {
	got := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: "{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: coffee}, value: strong}"})
	require.Nil(t, got.Refusal)
	require.Len(t, got.Warnings, 1)
	require.Contains(t, got.Warnings[0], `value: setting "coffee" is not known to this version`)
}

func TestSettingThatCannotBeRead(t *testing.T) {
	got := submit(t, compile(t, nodes, policy.Options{}), "settings", write{object: "{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: http-proxy}, value: 1}"})
	require.Equal(t, []string{""}, invalidFields(t, got.Refusal))
	require.Regexp(t, "^reading the object: json: cannot unmarshal", got.Refusal.Message)
}

// invalidFields are the fields that a refusal names; nobody is forbidden a setting, so it is always 422.
func invalidFields(t *testing.T, refusal *metav1.Status) []string {
	if refusal == nil {
		return nil
	}
	require.EqualValues(t, 422, refusal.Code)
	require.Equal(t, metav1.StatusReasonInvalid, refusal.Reason)
	var fields []string
	for _, c := range refusal.Details.Causes {
		fields = append(fields, c.Field)
	}
	return fields
}

func allOf(warnings []string) string {
	all := ""
	for _, w := range warnings {
		all += w + "\n"
	}
	return all
}
