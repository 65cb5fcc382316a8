package selector

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContained(t *testing.T) {
	for _, tt := range []struct {
		name    string
		s       string
		grants  []string
		witness string // "-" if contained
	}{
		{"same", "org=foo.io", []string{"org=foo.io"}, "-"},
		{"narrower", "org=foo.io,env=prod", []string{"org=foo.io"}, "-"},
		{"wider", "org=foo.io", []string{"org=foo.io,env=prod"}, "org=foo.io"},
		{"elsewhere", "org=bar.io", []string{"org=foo.io"}, "org=bar.io"},
		{"no grant", "org=foo.io", nil, "org=foo.io"},
		{"grant of nothing", "org=foo.io", []string{"", "a=1,a=2"}, "org=foo.io"},
		{"nothing", "", nil, "-"},
		{"contradiction", "a=1,a=2", []string{"b=1"}, "-"},

		{"a union by value", "env in (a,b)", []string{"env=a", "env=b"}, "-"},
		{"a union that leaves one", "env in (a,b,c)", []string{"env=a", "env=c"}, "env=b"},
		{"a union by presence", "org=x", []string{"env", "!env"}, "-"},
		{"a union by value and the rest", "env", []string{"env=a", "env!=a"}, "-"},
		{"listed values never cover", "env", []string{"env=a", "env=b"}, "env=other"},
		{"a made-up value is not taken", "env!=other", []string{"env in (other-2,a)", "!env"}, "env=other-3"},
		{"not in matches absent", "env!=a", []string{"env"}, ""},
		{"absent is not in", "!env", []string{"env notin (a,b)"}, "-"},
		{"empty value is a value", "a", []string{"a!="}, "a="},

		{"a checkerboard", "a in (1,2),b in (1,2)", []string{"a=1,b=1", "a=1,b=2", "a=2"}, "-"},
		{"a checkerboard with a hole", "a in (1,2),b in (1,2)", []string{"a=1,b=1", "a=2,b=2", "a=1,b=2"}, "a=2,b=1"},
		{"three that overlap", "x=1", []string{"a=1", "a!=1,b=1", "b!=1"}, "-"},
		{"three that nearly do", "x=1", []string{"a=1", "a!=1,b=1", "b,b!=1"}, "x=1"},

		{"absent keys are left out", "org=x", []string{"org=x,env=a", "org=x,zone=b"}, "org=x"},
		{"a key is named where it must be", "org=x", []string{"org=x,!env", "org=x,env=a,zone=b"}, "org=x,env=other"},
		{"only one of two has to be", "org=x", []string{"!env,!zone"}, "org=x,zone=other"},
		{"keys nobody grants on", "org=x,env in (b,a),zone,tier!=1", []string{"org=y"}, "org=x,env=a,zone=other"},
		{"many keys", "a,b,c,d,e,f,g,h,i=1,j=1", []string{"i=1,k=1", "i=1,!k"}, "a=other,b=other,c=other,d=other,e=other,f=other,g=other,h=other,i=1,j=1,k=other"},
		{"the selector's own values", "env in (c,d,e)", []string{"env=c,x", "env=d"}, "env=e"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var grants []Selector
			for _, grant := range tt.grants {
				grants = append(grants, parse(t, grant))
			}
			got := Contained(parse(t, tt.s), grants...)
			if tt.witness == "-" {
				require.Equal(t, Result{Verdict: Inside}, got)
				return
			}
			require.Equal(t, NotContained, got.Verdict)
			require.Equal(t, labelSet(t, tt.witness), got.Witness)
		})
	}
}

func TestContainedEverything(t *testing.T) {
	everything, err := FromRequirements(nil)
	require.NoError(t, err)
	require.Equal(t, Inside, Contained(everything, everything).Verdict)
	require.Equal(t, Inside, Contained(parse(t, "a=1"), everything).Verdict)
	require.Equal(t, Result{NotContained, map[string]string{}}, Contained(everything, parse(t, "a=1")))
	require.Equal(t, Inside, Contained(everything, parse(t, "a=1"), parse(t, "a!=1")).Verdict)
}

// A budget that is too small may say "too complex" and must never say
// anything wrong.
func TestBudgetFailsClosed(t *testing.T) {
	s, grants := pigeons(t, 4, 3)
	enough, complete := 0, false
	for steps := range 5_000 {
		switch got := decide(s, grants, steps).Verdict; got {
		case TooComplex:
			require.False(t, complete, "more steps must not decide less")
			enough = steps + 1
		default:
			require.Equal(t, Inside, got)
			complete = true
		}
	}
	require.True(t, complete)
	t.Logf("%d steps are enough", enough)
}

func TestVerdictString(t *testing.T) {
	require.Equal(t, "too complex, not contained, contained, Verdict(7)",
		fmt.Sprintf("%s, %s, %s, %s", TooComplex, NotContained, Inside, Verdict(7)))
}
