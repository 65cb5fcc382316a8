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
	"time"
)

// The state of a cluster is a file of JSON lines: a header, each object, and an end that tells a whole file from one
// that was cut off or changed. Objects of Secrets are in it, so it is for its owner only.

// format names the version of the file. A file of another version is not read.
const format = "bailiwick.dev/state/v1"

type stateHeader struct {
	Format string    `json:"format"`
	Server string    `json:"server"` // the API server that it was read from
	Saved  time.Time `json:"saved"`
}

type stateEnd struct {
	Objects int    `json:"objects"`
	SHA256  string `json:"sha256"` // of all lines before
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
