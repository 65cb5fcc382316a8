// Package replace puts files in place whole: who reads one meanwhile, or after a crash, sees what it held before or what
// it holds now, and never half of it.
package replace

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// File makes data what a file holds. Its folder has to be there.
func File(path string, mode fs.FileMode, data []byte) error {
	return With(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// With is File for what write writes. A crash leaves a file behind whose name is the path's between two dots, and a number.
func With(path string, mode fs.FileMode, write func(io.Writer) error) error {
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(write(part), part.Chmod(mode), part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}
