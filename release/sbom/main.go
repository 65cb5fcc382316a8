// The sbom program writes what a program is made of, as a CycloneDX document: every module of the build list, those that
// are compiled in as required, all others (what tests need, what nothing needs) as excluded, and who needs whom.
//
// What is compiled in is read from the program itself, the rest from go.mod. The same program gives the same document.
package main

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("sbom", flag.ContinueOnError)
	version := flags.String("v", "dev", "version of the program")
	out := flags.String("o", "sbom.cdx.json", "the document to write")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: sbom [-v VERSION] [-o sbom.cdx.json] PROGRAM")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("name the one program to describe")
	}
	program, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	info, err := buildinfo.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	known, err := list(ctx)
	if err != nil {
		return err
	}
	edges, err := graph(ctx)
	if err != nil {
		return err
	}
	doc, err := describe(*version, program, info, known, edges)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(*out, append(text, '\n'), 0o644)
}
