package settings

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hostile are texts that go wrong in more than one decoder.
var hostile = []string{
	"", " ", "\x00", "\xff\xfe", "null", "true", "0", "-0", "1e999", "NaN", `""`, "[]", "{}", `{"":""}`, `{"a":{"a":{"a":{}}}}`,
	"[[[[[[[[[[", strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 20000), `{"a":1,"a":2,"A":3}`, "{}{}", "{} x", `{"\ud800":1}`,
	"-----BEGIN CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", strings.Repeat("-----BEGIN ", 100),
	"::", "http://", "http://[::1", "http://%zz", "//", ",", ",,,,", "-", "/", "10.0.0.0/33", "::/0", "1.2.3.4-1.2.3.3",
	`{"vlan":-9223372036854775808,"range":"0.0.0.0/0","exclude":["::/0","0.0.0.0/32"]}`,
	`{"clusterNetwork":"mgmt","vlan":2,"range":"10.0.0.0/32","exclude":["10.0.0.0/33"]}`,
	`{"clusterNetwork":"mgmt","vlan":2,"range":"10.0.0.0/31"}`, `{"a":"0.0.0.0-255.255.255.255"}`, `{"a":"-","b":"/","c":"1.1.1.1-"}`,
}

// FuzzCheck: no value makes a check panic, the same question has the same
// answer, and answers stay small and on one line each. The setting is a number
// so that every input asks one that exists.
func FuzzCheck(f *testing.F) {
	cases := readCases(f)
	for i, info := range List() {
		for _, value := range append([]string{info.Example, info.Default}, hostile...) {
			f.Add(uint8(i), value)
		}
		for _, c := range cases[info.Name] {
			f.Add(uint8(i), c.value)
		}
	}
	sheets := []Facts{{}, lab(), factSheets["networks"](), factSheets["outside"]()}
	f.Fuzz(func(t *testing.T, i uint8, value string) {
		name := table[int(i)%len(table)].Name
		for _, facts := range sheets {
			first := Check(name, value, facts)
			require.Equal(t, first, Check(name, value, facts))
			for _, list := range [][]Finding{first.Errors, first.Warnings} {
				require.LessOrEqual(t, len(list), maxFindings+1)
				for _, finding := range list {
					require.NotContains(t, finding.String(), "\n")
				}
			}
		}
	})
}

// FuzzDecode: what encoding/json refuses is refused, and what it reads as an
// object is read as the same one.
func FuzzDecode(f *testing.F) {
	for _, value := range hostile {
		f.Add(value)
	}
	f.Add(`{"text":"a","Text":"b","number":1,"flag":true,"list":["x",null]}`)
	f.Fuzz(func(t *testing.T, value string) {
		var want struct {
			Text   string   `json:"text"`
			Number int64    `json:"number"`
			Flag   bool     `json:"flag"`
			List   []string `json:"list"`
		}
		refused := json.Unmarshal([]byte(value), &want) != nil
		var r Result
		o := decode(value, &r)
		if o == nil {
			require.True(t, refused && !r.OK())
			return
		}
		text, number, flag, list := o.text("text"), o.integer("number"), o.flag("flag"), o.texts("list")
		require.Equal(t, refused, !r.OK(), "%v", r.Errors)
		if !refused {
			require.Equal(t, want.Text, text)
			require.Equal(t, want.Number, number)
			require.Equal(t, want.Flag, flag)
			require.Equal(t, len(want.List), len(list))
		}
	})
}
