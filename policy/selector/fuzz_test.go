package selector

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// FuzzParse holds Parse against labels.Parse: it takes what that takes, less
// what is documented, means the same by it, and reads its own text back.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", " ", "a", "!a", "a=1", "a==1", "a!=1", "a in (1,2)", "a notin (1,2),a", "a in ()", "a in (,)",
		"a>1", "a<1", "in in (in)", "ex.io/a=1,b", "a=1,a=2", "a=1\x00", "a=1,", "!a=1", "a in (1", "é=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, wantErr := labels.Parse(text)
		got, err := Parse(text)
		if text == "" || wantErr != nil || refused(text, want) {
			require.Equal(t, text != "", err != nil)
			require.True(t, got.Nothing())
			return
		}
		require.NoError(t, err)
		for _, set := range neighbours(want) {
			require.Equal(t, want.Matches(set), got.Matches(set), "%q against %v", text, set)
		}
		require.Equal(t, Inside, Contained(got, got).Verdict)
		if got.Nothing() {
			return
		}
		require.Equal(t, got, parse(t, got.String()))
		free := Contained(got)
		require.Equal(t, NotContained, free.Verdict)
		require.True(t, want.Matches(labels.Set(free.Witness)), "%q against %v", text, free.Witness)
	})
}

// refused tells what Parse refuses of what labels.Parse takes.
func refused(text string, parsed labels.Selector) bool {
	reqs, _ := parsed.Requirements()
	for _, req := range reqs {
		if op := req.Operator(); op == selection.GreaterThan || op == selection.LessThan {
			return true
		}
	}
	return len(reqs) == 0 || strings.Contains(text, "\x00")
}

// neighbours returns label sets that a selector may or may not match: random
// ones made of its own keys and values.
func neighbours(s labels.Selector) []labels.Set {
	reqs, _ := s.Requirements()
	r := rand.New(rand.NewPCG(uint64(len(reqs)), 0))
	var sets []labels.Set
	for range 20 {
		set := labels.Set{}
		for i := range reqs {
			values := append(reqs[i].ValuesUnsorted(), "", "unnamed")
			if n := r.IntN(len(values) + 1); n < len(values) {
				set[reqs[i].Key()] = values[n]
			}
		}
		sets = append(sets, set)
	}
	return sets
}

// FuzzContained reads a selector and its grants from the bytes, a byte for
// each key, and compares the answer with the label sets that they match.
func FuzzContained(f *testing.F) {
	keys := []string{"a", "b", "c"}
	u := newUniverse(keys, []string{"1", "2"})
	said := make([][]string, len(keys))
	for i, key := range keys {
		said[i] = shapes(key, "1", "2")
	}
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 1, 0, 0, 2, 0, 0})
	f.Add([]byte{3, 3, 0, 3, 6, 0, 6, 3, 0, 3, 3, 0})
	f.Add([]byte("every byte is some selector or other"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var all []member
		for data = data[:min(len(data), 60)]; len(data) >= len(keys); data = data[len(keys):] {
			var texts []string
			for i := range keys {
				if text := said[i][int(data[i])%len(said[i])]; text != "" {
					texts = append(texts, text)
				}
			}
			all = append(all, u.read(t, strings.Join(texts, ",")))
		}
		if len(all) == 0 {
			return
		}
		want := check(t, all[0], all[1:]...)
		var grants []Selector
		for i := len(all) - 1; i > 0; i-- {
			grants = append(grants, all[i].Selector)
		}
		require.Equal(t, want, Contained(all[0].Selector, grants...).Verdict, "the other way round")
		if hurried := decide(all[0].Selector, grants, 20).Verdict; hurried != TooComplex {
			require.Equal(t, want, hurried, "in few steps")
		}
	})
}
