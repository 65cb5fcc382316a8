package selector

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

func parse(t testing.TB, s string) Selector {
	t.Helper()
	parsed, err := Parse(s)
	require.NoError(t, err)
	return parsed
}

func TestParseCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "<nothing>",
		"org=foo.io":                   "org=foo.io",
		"org==foo.io":                  "org=foo.io",
		"org in (foo.io)":              "org=foo.io",
		" org = foo.io , env in (b,a)": "env in (a,b),org=foo.io",
		"a!=1":                         "a!=1",
		"a notin (1)":                  "a!=1",
		"a!=2,a!=1":                    "a notin (1,2)",
		"a":                            "a",
		"!a":                           "!a",
		"a,a!=1":                       "a,a!=1",
		"a notin (2,1),a":              "a,a notin (1,2)",
		"!a,a!=1":                      "!a",
		"a=1,a":                        "a=1",
		"a in (1,2,3),a!=2":            "a in (1,3)",
		"a in (1,2),a in (2,3)":        "a=2",
		"a=1,a=2":                      "<nothing>",
		"a=1,!a":                       "<nothing>",
		"a,!a":                         "<nothing>",
		"a=1,a!=1":                     "<nothing>",
		"a=1,a=2,b":                    "<nothing>",
		"a=":                           "a=",
		"a in ()":                      "a=",
		"a in (,1)":                    "a in (,1)",
		"a!=":                          "a!=",
		"in in (in,notin)":             "in in (in,notin)",
		"ex.io/a=1":                    "ex.io/a=1",
	} {
		t.Run(in, func(t *testing.T) {
			s := parse(t, in)
			require.Equal(t, want, s.String())
			require.Equal(t, want == nothingText, s.Nothing())
			if !s.Nothing() {
				require.Equal(t, s, parse(t, s.String()), "the canonical text must read back")
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for in, want := range map[string]string{
		"a>1":                          `key "a": operator "gt" is not supported`,
		"a<1":                          `key "a": operator "lt" is not supported`,
		" ":                            "no requirement in it",
		"\x00":                         "NUL byte",
		"a=1 \x00 b=2":                 "NUL byte",
		",":                            "expected: !, identifier",
		"a=1,":                         "expected: identifier after ','",
		"a in 1":                       "expected: '('",
		"-=1":                          "Invalid value",
		"a=-":                          "Invalid value",
		"a=" + strings.Repeat("x", 64): "must be no more than 63",
		"!a=1":                         "found '='",
	} {
		t.Run(in, func(t *testing.T) {
			s, err := Parse(in)
			require.ErrorContains(t, err, want)
			require.True(t, s.Nothing())
		})
	}
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		selector string
		matches  []string
		misses   []string
	}{
		{"", nil, []string{"", "a=1"}},
		{"a=1", []string{"a=1", "a=1,b=2"}, []string{"", "a=2", "a=", "b=1"}},
		{"a!=1", []string{"", "a=2", "a=", "b=1"}, []string{"a=1"}},
		{"a in (1,2)", []string{"a=1", "a=2"}, []string{"", "a=3"}},
		{"a notin (1,2)", []string{"", "a=3"}, []string{"a=1", "a=2"}},
		{"a", []string{"a=1", "a="}, []string{"", "b=1"}},
		{"!a", []string{"", "b=1"}, []string{"a=1", "a="}},
		{"a,a!=1", []string{"a=2"}, []string{"", "a=1"}},
		{"a=1,a=2", nil, []string{"", "a=1", "a=2"}},
		{"a=1,b!=2,!c", []string{"a=1", "a=1,b=1"}, []string{"a=1,b=2", "a=1,c=1"}},
	} {
		t.Run(tt.selector, func(t *testing.T) {
			s := parse(t, tt.selector)
			for _, set := range tt.matches {
				require.True(t, s.Matches(labelSet(t, set)), set)
			}
			for _, set := range tt.misses {
				require.False(t, s.Matches(labelSet(t, set)), set)
			}
		})
	}
}

// labelSet reads a label set for a test: "a=1,b=2".
func labelSet(t testing.TB, s string) map[string]string {
	set, err := labels.ConvertSelectorToLabelsMap(s)
	require.NoError(t, err)
	return set
}

func TestMatchesDoesNotAllocate(t *testing.T) {
	s := parse(t, "a in (1,2,3,4,5,6,7,8,9,10),b!=1,c,!d")
	set := map[string]string{"a": "10", "b": "2", "c": "3"}
	require.Zero(t, testing.AllocsPerRun(100, func() { require.True(t, s.Matches(set)) }))
}

func TestFromLabelSelector(t *testing.T) {
	expr := func(key string, op metav1.LabelSelectorOperator, values ...string) metav1.LabelSelectorRequirement {
		return metav1.LabelSelectorRequirement{Key: key, Operator: op, Values: values}
	}
	for _, tt := range []struct {
		name string
		in   *metav1.LabelSelector
		want string
	}{
		{"nil", nil, "<nothing>"},
		{"empty", &metav1.LabelSelector{}, "<nothing>"},
		{"empty, not nil", &metav1.LabelSelector{MatchLabels: map[string]string{}, MatchExpressions: []metav1.LabelSelectorRequirement{}}, "<nothing>"},
		{"labels", &metav1.LabelSelector{MatchLabels: map[string]string{"b": "2", "a": "1"}}, "a=1,b=2"},
		{"all operators", &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
			expr("d", metav1.LabelSelectorOpDoesNotExist), expr("c", metav1.LabelSelectorOpExists),
			expr("b", metav1.LabelSelectorOpNotIn, "2", "1"), expr("a", metav1.LabelSelectorOpIn, "2", "1"),
		}}, "a in (1,2),b notin (1,2),c,!d"},
		{"both", &metav1.LabelSelector{
			MatchLabels:      map[string]string{"a": "1"},
			MatchExpressions: []metav1.LabelSelectorRequirement{expr("a", metav1.LabelSelectorOpIn, "1", "2")},
		}, "a=1"},
		{"contradiction", &metav1.LabelSelector{
			MatchLabels:      map[string]string{"a": "1"},
			MatchExpressions: []metav1.LabelSelectorRequirement{expr("a", metav1.LabelSelectorOpNotIn, "1")},
		}, "<nothing>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := FromLabelSelector(tt.in)
			require.NoError(t, err)
			require.Equal(t, tt.want, s.String())
		})
	}
	for _, tt := range []struct {
		bad  metav1.LabelSelectorRequirement
		want string
	}{
		{expr("a", "Gt", "1"), `"Gt" is not a valid label selector operator`},
		{expr("a", "in", "1"), `"in" is not a valid label selector operator`},
		{expr("a", metav1.LabelSelectorOpIn), "values set can't be empty"},
		{expr("a", metav1.LabelSelectorOpExists, "1"), "values set must be empty"},
		{expr("a b", metav1.LabelSelectorOpExists), "Invalid value"},
		{expr("a", metav1.LabelSelectorOpIn, "a b"), "Invalid value"},
	} {
		s, err := FromLabelSelector(&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{tt.bad}})
		require.ErrorContains(t, err, tt.want)
		require.True(t, s.Nothing())
	}
}

func TestFromRequirements(t *testing.T) {
	everything, err := FromRequirements(nil)
	require.NoError(t, err)
	require.Equal(t, "<everything>", everything.String())
	require.False(t, everything.Nothing())
	require.True(t, everything.Matches(nil))
	require.Empty(t, slices.Collect(everything.Keys()))

	gt, err := labels.NewRequirement("a", selection.GreaterThan, []string{"1"})
	require.NoError(t, err)
	_, err = FromRequirements(labels.Requirements{*gt})
	require.ErrorContains(t, err, `key "a": operator "gt" is not supported`)

	_, err = FromRequirements(labels.Requirements{{}})
	require.ErrorContains(t, err, "not supported", "a requirement that nobody checked")
}

func TestFromRequirementsLeavesTheArgumentAlone(t *testing.T) {
	reqs, err := labels.ParseToRequirements("b in (2,1),a=1")
	require.NoError(t, err)
	slices.Reverse(reqs)
	before := slices.Clone(reqs)
	_, err = FromRequirements(reqs)
	require.NoError(t, err)
	require.Equal(t, before, reqs)
}

func TestKeys(t *testing.T) {
	require.Equal(t, []string{"a", "b", "c"}, slices.Collect(parse(t, "c,a=1,!b,a!=2").Keys()))
	require.Empty(t, slices.Collect(parse(t, "a=1,a=2").Keys()))
	for key := range parse(t, "a,b").Keys() {
		require.Equal(t, "a", key)
		break
	}
}

func TestZeroValue(t *testing.T) {
	var s Selector
	require.True(t, s.Nothing())
	require.False(t, s.Matches(nil))
	require.Equal(t, "<nothing>", s.String())
	require.Empty(t, slices.Collect(s.Keys()))
	require.Equal(t, TooComplex, Result{}.Verdict)
}

// A selector as large as an object may be is read in no time, however it
// repeats itself.
func TestLongChains(t *testing.T) {
	ls := &metav1.LabelSelector{}
	for i := range 50_000 {
		ls.MatchExpressions = append(ls.MatchExpressions,
			metav1.LabelSelectorRequirement{Key: "a", Operator: metav1.LabelSelectorOpNotIn, Values: []string{strconv.Itoa(i)}},
			metav1.LabelSelectorRequirement{Key: "b", Operator: metav1.LabelSelectorOpIn, Values: []string{strconv.Itoa(i), "x"}})
	}
	s, err := FromLabelSelector(ls)
	require.NoError(t, err)
	require.Len(t, s.constraints[0].values, 50_000)
	require.Equal(t, []string{"x"}, s.constraints[1].values)
	require.Equal(t, Inside, Contained(s, s).Verdict)
	require.True(t, maps.Equal(map[string]string{"b": "x"}, Contained(s, parse(t, "a")).Witness))
}
