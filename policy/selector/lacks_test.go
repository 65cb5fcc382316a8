package selector

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLacks(t *testing.T) {
	for _, tt := range []struct{ s, grant, want string }{
		{"org=foo.io", "org=foo.io", ""},
		{"org=foo.io,env=prod", "org=foo.io", ""},
		{"env=prod", "org=foo.io", "org=foo.io"},
		{"org=bar.io", "org=foo.io", "org=foo.io"},
		{"org in (foo.io,bar.io)", "org=foo.io", "org=foo.io"},
		{"org=foo.io", "env in (a,b),org=foo.io", "env in (a,b)"},
		{"org=foo.io", "org=foo.io,zone,!x", "!x"},
		{"a", "a,a!=1", "a!=1"},
		{"a!=1", "a,a!=1", "a"},
		{"!a", "a notin (1,2)", ""},
		{"a=3", "a notin (1,2)", ""},
		{"a", "a notin (1,2)", "a notin (1,2)"},
		{"a notin (1,2,3)", "a notin (1,2)", ""},
		{"", "a=1", ""},
		{"a=1,a=2", "b=1", ""},
		{"a=1", "", "<nothing>"},
		{"", "", ""},
	} {
		t.Run(tt.s+" in "+tt.grant, func(t *testing.T) {
			s, grant := parse(t, tt.s), parse(t, tt.grant)
			lacks, ok := s.Lacks(grant)
			require.Equal(t, tt.want, lacks)
			require.Equal(t, tt.want != "", ok)
			require.Equal(t, !ok, Contained(s, grant).Verdict == Inside)
		})
	}
}
