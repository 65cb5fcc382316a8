// The image program builds the last stage of a Dockerfile without a container engine and without a registry, as a tarball
// that docker, podman, kind and containerd load, and that holds an OCI layout.
//
// That stage can say so little (one static program on nothing) that no more is needed. What it says is read from the
// Dockerfile, so that the image that users build and this one never differ. Times are the epoch and everything has its
// fixed place: the same program makes the same tarball, byte for byte.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	file := flags.String("f", "Dockerfile", "the Dockerfile")
	name := flags.String("t", "bailiwick:dev", "name of the image")
	out := flags.String("o", "image.tar", "the tarball to write")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: image [-f Dockerfile] [-t NAME:TAG] [-o image.tar] PROGRAM")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("name the one program that the image holds")
	}
	dockerfile, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	last, err := lastStage(string(dockerfile))
	if err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	program, err := readProgram(flags.Arg(0))
	if err != nil {
		return err
	}
	return write(*out, *name, last, program)
}
