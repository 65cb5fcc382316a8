package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy/manifest"
)

type doc struct {
	line int
	json string
	err  string
}

func TestDocuments(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []doc
	}{
		"nothing":               {text: "", want: nil},
		"comments only":         {text: "# a\n---\n\n# b\n---\n", want: nil},
		"one":                   {text: "a: 1\n", want: []doc{{1, `{"a":1}`, ""}}},
		"no newline at the end": {text: "a: 1\n---\nb: 2", want: []doc{{1, `{"a":1}`, ""}, {3, `{"b":2}`, ""}}},
		"line after comments":   {text: "# c\n\n---\n# d\n\nb: 2\n", want: []doc{{6, `{"b":2}`, ""}}},
		"windows lines":         {text: "a: 1\r\n---\r\nb: 2\r\n", want: []doc{{1, `{"a":1}`, ""}, {3, `{"b":2}`, ""}}},
		"byte order mark":       {text: "\ufeffa: 1\n", want: []doc{{1, `{"a":1}`, ""}}},
		"dashes inside a text":  {text: "a: |\n  ---\n  x\n", want: []doc{{1, `{"a":"---\nx\n"}`, ""}}},
		"longer dashes":         {text: "----: 1\n", want: []doc{{1, `{"----":1}`, ""}}},
		"content on the line":   {text: "--- {a: 1}\n--- # only a comment\nb: 2\n", want: []doc{{1, `{"a":1}`, ""}, {3, `{"b":2}`, ""}}},
		"json":                  {text: `{"a": [1, "x"]}`, want: []doc{{1, `{"a":[1,"x"]}`, ""}}},
		"an error names the line of the text": {
			text: "a: 1\n---\nb: 2\nc: [\n---\nd: 4\n",
			want: []doc{{1, `{"a":1}`, ""}, {3, "", "line 4"}, {6, `{"d":4}`, ""}},
		},
		"a key twice is an error": {text: "a: 1\na: 2\n", want: []doc{{1, "", `key "a" already set`}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []manifest.Document
			for d := range manifest.Documents([]byte(tc.text)) {
				got = append(got, d)
			}
			require.Len(t, got, len(tc.want))
			for i, w := range tc.want {
				require.Equal(t, w.line, got[i].Line)
				if w.err != "" {
					require.ErrorContains(t, got[i].Err, w.err)
					continue
				}
				require.NoError(t, got[i].Err)
				require.Equal(t, w.json, string(got[i].JSON))
			}
		})
	}
}

func TestDocumentsStops(t *testing.T) {
	n := 0
	for range manifest.Documents([]byte("a: 1\n---\nb: 2\n---\nc: 3\n")) {
		n++
		break
	}
	require.Equal(t, 1, n)
}

func FuzzDocuments(f *testing.F) {
	f.Add([]byte("a: 1\n---\nb: [\n"))
	f.Add([]byte("--- x\n---\t\n... \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		last := 0
		for d := range manifest.Documents(text) {
			require.GreaterOrEqual(t, d.Line, last)
			require.True(t, d.Err != nil || len(d.JSON) > 0)
			last = d.Line
		}
	})
}
