package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var updateDocs = flag.Bool("update", false, "write what commands print into the documentation anew")

//go:generate go test . -run ^(TestCommandsInDocs|TestConfigurationPage)$ -update

// TestCommandsInDocs: whatever follows a command in a block of console text is what it prints.
func TestCommandsInDocs(t *testing.T) {
	t.Chdir("../..")
	for _, file := range []string{"docs/coming-from-rhv.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		got, commands := withOutputs(string(text))
		require.Positive(t, commands)
		if *updateDocs {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			continue
		}
		require.Equal(t, got, string(text), "to write it, run: make generate")
	}
}

// Every command that does something stands in the README, under the name of the one that it belongs to.
func TestCommandsInReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, c := range newRoot(stdio{}).Commands() {
		if !c.HasSubCommands() {
			require.Contains(t, string(text), "\nbailiwick "+c.Name())
		}
		for _, sub := range c.Commands() {
			require.Regexp(t, `(?m)^bailiwick `+c.Name()+` .*\b`+sub.Name()+`\b`, string(text))
		}
	}
}

// withOutputs is a text with what its commands print now.
func withOutputs(text string) (again string, commands int) {
	var b strings.Builder
	inConsole, skipping := false, false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			inConsole, skipping = line == "```console\n", false
		}
		command, isCommand := strings.CutPrefix(line, "$ bailiwick ")
		if !skipping || isCommand {
			b.WriteString(line)
		}
		if inConsole && isCommand {
			commands++
			skipping = true
			var out bytes.Buffer
			run(strings.Fields(command), stdio{&bytes.Buffer{}, &out, &out})
			b.Write(out.Bytes())
		}
	}
	return b.String(), commands
}
