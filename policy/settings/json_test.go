package settings

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecodeReportsWhatEncodingJSONSwallows(t *testing.T) {
	for _, c := range []struct {
		name, value      string
		errors, warnings []string
	}{
		{"as it should be", `{"text":"a","list":["b"],"inner":{"flag":true}}`, nil, nil},
		{"nulls", `{"text":null,"list":null,"inner":null}`, nil, nil},
		{"unknown keys", `{"texts":"a","inner":{"flags":true},"other":1}`, nil, []string{
			`/inner/flags: unknown key "flags" is ignored (did you mean "flag"?)`,
			`/texts: unknown key "texts" is ignored (did you mean "text"?)`,
			`/other: unknown key "other" is ignored (known keys: text, list, inner)`,
		}},
		{"other case", `{"TEXT":"a"}`, nil, []string{`/TEXT: key "TEXT" is read as "text" (write "text")`}},
		{"repeated keys", `{"text":"a","text":"b"}`, nil, []string{`/text: key "text" is given 2 times, the last one counts (keep one)`}},
		{"wrong types", `{"text":1,"list":[1,"b",{}],"inner":[]}`, []string{
			"/text: must be a string, not a number", "/list/0: must be a string, not a number",
			"/list/2: must be a string, not an object", "/inner: must be an object, not a list",
		}, nil},
		{"wrong type overwritten", `{"text":1,"text":"a"}`, []string{"/text: must be a string, not a number"}, []string{
			`/text: key "text" is given 2 times, the last one counts (keep one)`,
		}},
		{"pointer escapes", `{"a/b~c":1}`, nil, []string{`/a~1b~0c: unknown key "a/b~c" is ignored (known keys: text, list, inner)`}},
		{"trailing data", "{}\n{}", []string{"the value has text after the end of its JSON, at line 2 column 1 (keep one JSON value only)"}, nil},
		{"cut off", `{"text":`, []string{"the value is not valid JSON: it ends too early"}, nil},
		{"broken", "{\n \"text\": tru }", []string{"the value is not valid JSON at line 2 column 13"}, nil},
		{"not JSON", `text: a`, []string{"the value is not valid JSON at line 1 column 2 (the setting takes JSON, not YAML or plain text)"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Result
			if o := decode(c.value, &r); o != nil {
				o.text("text")
				o.texts("list")
				inner := o.object("inner")
				inner.flag("flag")
				inner.rest()
				o.rest()
			}
			require.Equal(t, c.errors, lines(r.Errors))
			require.Equal(t, c.warnings, lines(r.Warnings))
		})
	}
}

func lines(findings []Finding) (lines []string) {
	for _, f := range findings {
		lines = append(lines, f.String())
	}
	return lines
}

// A map of Go structs that is given twice is merged by encoding/json; what we
// read must be what Harvester reads.
func TestRepeatedObjectsAreMerged(t *testing.T) {
	const value = `{"inner":{"a":"1","b":"2"},"inner":{"b":"3"}}`
	var want struct{ Inner struct{ A, B string } }
	require.NoError(t, json.Unmarshal([]byte(value), &want))
	var r Result
	inner := decode(value, &r).object("inner")
	require.Equal(t, want.Inner.A, inner.text("a"))
	require.Equal(t, want.Inner.B, inner.text("b"))
}

func TestFindingsAreBounded(t *testing.T) {
	value := `{"httpProxy":"http://p:1","noProxy":"` + strings.Repeat("a b,", 1000) + `"}`
	r := Check("http-proxy", value, Facts{})
	require.Len(t, r.Warnings, maxFindings+1)
	require.Equal(t, "more of this kind is left out", r.Warnings[maxFindings].Message)
	many := `{` + strings.Repeat(`"x":1,`, 50000) + `"y":1}`
	require.Len(t, Check("backup-target", many, Facts{}).Warnings, maxFindings+1)
}

func TestTextIsSafeToShow(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                         `"plain"`,
		"http://user:pass@host/x":       `"http://***@host/x"`,
		"user:pa ss@host":               `"***@host"`,
		"a@b@c":                         `"***@c"`,
		"-----BEGIN PRIVATE KEY-----AA": `"***"`,
		"line\nbreak":                   `"line\nbreak"`,
		strings.Repeat("ü", 100):        `"` + strings.Repeat("ü", 64) + `…"`,
	} {
		require.Equal(t, want, show(in))
	}
	require.Equal(t, "line?break", plain("line\nbreak"))
}

func TestStrictInt(t *testing.T) {
	for _, s := range []string{"0", "1", "-1", "120", "-9223372036854775808"} {
		_, err := strictInt(s)
		require.NoError(t, err, s)
	}
	for _, s := range []string{"", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "0x1", "1_000", "١", "9223372036854775808"} {
		_, err := strictInt(s)
		require.Error(t, err, s)
	}
}
