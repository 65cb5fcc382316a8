package watch

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/bailiwick-dev/bailiwick/internal/replace"
)

const extension = ".jsonl"

// saveEvery bounds how often the files are written.
const saveEvery = 3 * time.Second

// state is the directory with the files.
type state struct {
	dir    string
	saved  uint64 // the revision that they hold
	at     time.Time
	failed bool
}

func openState(dir string) (*state, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory for state: %w", err)
	}
	// What a crash left behind while it was written.
	leftovers, err := filepath.Glob(filepath.Join(dir, ".*"+extension+".*"))
	for _, path := range leftovers {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return nil, fmt.Errorf("tidying the directory for state: %w", err)
	}
	return &state{dir: dir}, nil
}

func (s *state) path(c *cluster) string { return filepath.Join(s.dir, c.name()+extension) }

// write replaces the file of a cluster.
func (s *state) write(c *cluster, objects [][]byte) error {
	_, host := c.api()
	err := replace.With(s.path(c), 0o600, func(w io.Writer) error {
		return encodeState(w, stateHeader{Format: format, Server: host, Saved: time.Now().UTC()}, objects)
	})
	if err != nil {
		return err
	}
	return syncDir(s.dir)
}

// syncDir makes a rename outlive a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// read gives each object of a file to use, once the whole file was found to be good. A file that is missing is an error
// that wraps os.ErrNotExist.
func (s *state) read(c *cluster, use func(object []byte)) (stateHeader, error) {
	f, err := os.Open(s.path(c))
	if err != nil {
		return stateHeader{}, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	header, err := decodeState(f, func([]byte) {})
	if _, host := c.api(); err == nil && header.Server != host {
		err = fmt.Errorf("it is of %s, not of %s", header.Server, host)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil {
		_, err = decodeState(f, use)
	}
	if err != nil {
		return stateHeader{}, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return header, nil
}
