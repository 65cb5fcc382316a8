package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
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
	if err := replaceFile(o.file, text, mode); err != nil {
		return failed("--out takes a file in a folder that is there and can be written", fmt.Errorf("writing %s: %w", o.file, err))
	}
	return nil
}

// replaceFile puts a file in place whole: kube-apiserver watches some of them, and must never read half of one.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}
