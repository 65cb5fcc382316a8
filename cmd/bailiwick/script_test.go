package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bailiwick": func() { os.Exit(run(os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr})) },
	})
}

// The scripts show what people see: commands, their output and exit codes.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		// The examples and the certificates that scripts share are made once per script, in its own folder.
		Setup: func(env *testscript.Env) error {
			addresses, err := wired.FreeAddresses(2)
			if err != nil {
				return err
			}
			env.Setenv("LISTEN", addresses[0])
			env.Setenv("METRICS", addresses[1])
			if err := os.CopyFS(env.WorkDir+"/examples", os.DirFS("../../examples")); err != nil {
				return err
			}
			return writeCertificates(env.WorkDir + "/certs")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"waitfor": waitFor,
			"request": request,
			"stop":    stopBackground,
			"exits":   exits,
		},
		RequireUniqueNames: true,
	})
}
