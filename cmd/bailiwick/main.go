// Command bailiwick answers kube-apiserver's authorization and admission webhooks from one compiled policy, and the
// questions of people about it.
//
// Rules for output: what was asked for goes to standard output, everything else to standard error. An error is one
// line, "error: what happened", and where there is something to do about it a second, "hint: what to do"; no capital,
// no full stop. Exit codes: 0 yes or done, 1 no or failed, 2 wrong usage or broken input.
package main

import (
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// stdio is where a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}
