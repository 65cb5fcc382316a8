package main

import (
	"fmt"
	"io/fs"

	"github.com/spf13/pflag"

	"github.com/bailiwick-dev/bailiwick/internal/replace"
)

// Modes of files: those that hold a key are for their owner.
const (
	openFile   fs.FileMode = 0o644
	secretFile fs.FileMode = 0o600
)

// output is where a generated text goes.
type output struct{ file string }

func (o *output) flags(fs *pflag.FlagSet) {
	fs.StringVar(&o.file, "out", "", "`FILE` to write, replaced in one step (default: standard output)")
}

func (o *output) write(io stdio, text []byte, mode fs.FileMode) error {
	if o.file == "" {
		_, err := io.out.Write(text)
		return err
	}
	if err := replace.File(o.file, mode, text); err != nil {
		return failed("--out takes a file in a folder that is there and can be written", fmt.Errorf("writing %s: %w", o.file, err))
	}
	return nil
}
