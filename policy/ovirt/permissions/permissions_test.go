package permissions

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each archive holds lists as the engine gives them, perhaps a mapping, and what becomes of them.
func TestConvert(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			var r Reader
			var m Mapping
			want := ""
			for _, f := range archive.Files {
				switch f.Name {
				case "map.yaml":
					m, err = ReadMapping(f.Data)
					require.NoError(t, err)
				case "want":
					want = string(f.Data)
				default:
					require.NoError(t, r.Read(f.Name, f.Data))
				}
			}
			got := describe(Convert(r.List(), m))
			if *update {
				at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
				archive.Files[at].Data = []byte(got)
				require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
				return
			}
			require.Equal(t, want, got, "to write it anew, run: go test ./policy/ovirt/permissions -update")
		})
	}
}

// describe says what was made, a line each.
func describe(c Converted) string {
	var b strings.Builder
	for _, r := range c.Roles {
		fmt.Fprintf(&b, "role %s %s %v %s\n", r.Object.Name, r.Object.Spec.Type, r.Object.Spec.ActionGroups, r.From)
	}
	for _, a := range c.Assignments {
		on, who := a.Object.Spec.On, []string{}
		for _, s := range a.Object.Spec.Subjects {
			who = append(who, strings.TrimSpace(string(s.Kind)+" "+s.Name))
		}
		fmt.Fprintf(&b, "%s: %s on %s %q %s/%s %s\n", strings.Join(who, ", "), a.Object.Spec.RoleRef.Name, on.Kind, on.Cluster, on.Namespace, on.Name, a.From)
	}
	for _, n := range c.Notes {
		lost := "note"
		if n.Lost {
			lost = "lost"
		}
		fmt.Fprintf(&b, "%s %s: %s\n", lost, n.Position, n.Message)
	}
	return b.String()
}

func TestUnusableTexts(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"nothing":             {"", "f: is empty"},
		"no list":             {"{\n\"permission\": 5}", `f:2: want answers of the engine, as {"permission": […]}, not a permission that is no list`},
		"a refusal":           {`{"fault": {"reason": "Operation Failed"}}`, `f:1: want answers of the engine, as {"permission": […]}, not a fault that is no list`},
		"no header":           {"alice,user,UserRole,vm,web\n", "f:1: there is no column principal: the first line names the columns principal,principal_type,role,object_type,object"},
		"broken JSON":         {"{\n\"permission\": [\n{]", "f:3: not JSON: invalid character"},
		"JSON that ends":      {`{"permission": [`, "f:1: not JSON: unexpected EOF"},
		"a list of texts":     {`["a"]`, `f:1: want answers of the engine, as {"permission": […]}, not the text "a"`},
		"a list of numbers":   {`[1]`, `not 1`},
		"after a good answer": {"{}\n3", "f:2: want answers of the engine"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, (&Reader{}).Read("f", []byte(tc.text)), tc.want)
		})
	}
}

func TestUnusableMappings(t *testing.T) {
	for text, want := range map[string]string{
		"objects: {vms: {}}":         `there is no type of objects "vms"`,
		"objects: {system: {}}":      `there is no type of objects "system"`,
		"people: {}":                 `unknown field "people"`,
		"objects: {vm: {a: {x: b}}}": `unknown field`,
	} {
		_, err := ReadMapping([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}

// An assignment takes only so many subjects.
func TestManySubjects(t *testing.T) {
	text := strings.Join(required, ",") + "\n"
	for i := range 2*maxSubjects + 1 {
		text += fmt.Sprintf("u%d,user,UserRole,system,\n", i)
	}
	var r Reader
	require.NoError(t, r.Read("f", []byte(text)))
	c := Convert(r.List(), Mapping{})
	require.Len(t, c.Assignments, 3)
	require.Len(t, c.Assignments[2].Object.Spec.Subjects, 1)
	require.Equal(t, c.Assignments[0].Object.Name+"-3", c.Assignments[2].Object.Name)
}

// The types are those of the catalogue.
func TestTypes(t *testing.T) {
	for on := ovirt.System; on <= ovirt.VnicProfile; on++ {
		found, known := typeNamed(on.String())
		require.Equal(t, on != ovirt.Namespace, known, on)
		require.True(t, !known || found.On == on, on)
	}
	for _, typ := range types {
		for _, text := range []string{typ.Word, typ.number, strings.ToUpper(typ.alias), strings.ReplaceAll(typ.Word, "_", " ")} {
			found, known := typeNamed(text)
			require.True(t, known, text)
			require.Equal(t, typ.Word, found.Word, text)
		}
	}
}

// Whatever the text is, reading it and carrying it over never panics, and nothing is made of nothing.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"principal,principal_type,role,object_type,object\nalice,user,UserRole,vm,web\n\"a\nb\",group,x,14,*\n",
		`{"permission": [{"id": "1", "role": {"id": "def00006-0000-0000-0000-def000000006"}, "user": {"id": "2", "user_name": "a@b"}, "vm": {"id": "3", "name": "web"}}]}`,
		`[{"role": [{"id": "1", "name": "Mine", "administrative": "true", "permits": {"permit": [{"name": "run_vm"}]}}]}, {}]`,
		`{"permission": [{"role": {"name": "Mine"}, "group": {"id": "eee00000-0000-0000-0000-123456789eee"}, "href": "/ovirt-engine/api/permissions/1"}]} {"a": 1}`,
	} {
		f.Add([]byte(text), []byte("objects: {vm: {'*': {namespace: vms}}}\nusers: {'*@b': '*'}"))
	}
	f.Fuzz(func(t *testing.T, text, mapping []byte) {
		m, err := ReadMapping(mapping)
		if err != nil {
			m = Mapping{}
		}
		var r Reader
		if r.Read("f", text) != nil {
			return
		}
		list := r.List()
		c := Convert(list, m)
		names := map[string]bool{}
		for _, a := range c.Assignments {
			require.NotEmpty(t, a.Object.Spec.Subjects)
			require.NotEmpty(t, a.Object.Spec.RoleRef.Name)
			require.Len(t, a.From, len(a.Object.Spec.Subjects))
			require.False(t, names[a.Object.Name])
			names[a.Object.Name] = true
		}
		if len(list.Permissions) == 0 {
			require.Empty(t, c.Assignments)
		}
	})
}
