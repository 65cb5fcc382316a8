package watch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The state of a cluster is a file of JSON lines: a header, each object, and an end that tells a whole file from one
// that was cut off or changed. Objects of Secrets are in it, so it is for its owner only.

// format names the version of the file. A file of another version is not read.
const format = "bailiwick.dev/state/v1"

const extension = ".jsonl"

// saveEvery bounds how often the files are written.
const saveEvery = 3 * time.Second

type stateHeader struct {
	Format string    `json:"format"`
	Server string    `json:"server"` // the API server that it was read from
	Saved  time.Time `json:"saved"`
}

type stateEnd struct {
	Objects int    `json:"objects"`
	SHA256  string `json:"sha256"` // of all lines before
}

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

// write replaces a file in one step.
func (s *state) write(c *cluster, objects [][]byte) error {
	path := s.path(c)
	f, err := os.CreateTemp(s.dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, host := c.api()
	err = errors.Join(encodeState(f, stateHeader{Format: format, Server: host, Saved: time.Now().UTC()}, objects), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
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

func encodeState(to io.Writer, header stateHeader, objects [][]byte) error {
	sum := sha256.New()
	w := bufio.NewWriter(to)
	both := json.NewEncoder(io.MultiWriter(w, sum))
	err := both.Encode(header)
	for _, o := range objects {
		err = errors.Join(err, both.Encode(json.RawMessage(o)))
	}
	end := stateEnd{Objects: len(objects), SHA256: hex.EncodeToString(sum.Sum(nil))}
	return errors.Join(err, json.NewEncoder(w).Encode(end), w.Flush())
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

var errCutOff = errors.New("it is damaged or was not written to its end")

// decodeState gives each object to use before it is known whether the file is good to its end.
func decodeState(from io.Reader, use func(object []byte)) (stateHeader, error) {
	var header stateHeader
	lines := stateLines{r: bufio.NewReader(from), sum: sha256.New()}
	first, err := lines.next()
	if err != nil || json.Unmarshal(first, &header) != nil {
		return header, errCutOff
	}
	if header.Format != format {
		return header, fmt.Errorf("its format is %q, not %q", header.Format, format)
	}
	for n := 0; ; n++ {
		sum := lines.sum.Sum(nil)
		line, err := lines.next()
		switch {
		case err != nil:
			return header, errCutOff
		case !bytes.HasPrefix(line, endPrefix):
			use(line)
		case !isEnd(line, stateEnd{Objects: n, SHA256: hex.EncodeToString(sum)}):
			return header, errCutOff
		default:
			return header, nil
		}
	}
}

// endPrefix starts the last line, and no object: each of those starts with its apiVersion.
var endPrefix = []byte(`{"objects":`)

func isEnd(line []byte, want stateEnd) bool {
	var end stateEnd
	return json.Unmarshal(line, &end) == nil && end == want
}

// stateLines are the lines of a file, and the sum of those that were read.
type stateLines struct {
	r   *bufio.Reader
	sum hash.Hash
}

func (l *stateLines) next() ([]byte, error) {
	line, err := l.r.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	l.sum.Write(line)
	return bytes.TrimSuffix(line, []byte{'\n'}), nil
}
