// Package load reads policy objects from YAML files and tells when the files change.
package load

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/manifest"
)

// maxFile bounds one file. etcd stores objects of up to 1.5 MiB; a file may hold a few thousand usual ones.
const maxFile = 32 << 20

// Reader reads a file or a directory, again and again. When a file becomes unreadable or breaks, what it held before
// stays, with a Problem that says since when.
type Reader struct {
	path  string
	files map[string]file
}

// file is what one file holds, or held when it was last good.
type file struct {
	info     fs.FileInfo // just before it was read; nil when it could not be
	read     time.Time
	sum      [sha256.Size]byte
	objects  policy.Objects
	good     time.Time // when objects were read
	problems []policy.Problem
}

// NewReader reads the path: a YAML or JSON file, or a directory of them with its subdirectories.
func NewReader(path string) *Reader { return &Reader{path: path, files: map[string]file{}} }

// Read returns all objects and what is wrong with them. It fails when the path cannot be read or has no policy files
// at all; what the caller had before should then stay in force.
func (r *Reader) Read() (*policy.Bundle, error) {
	names, err := filesOf(r.path)
	if err != nil {
		return nil, fmt.Errorf("reading policy: %w", err)
	}
	b := &policy.Bundle{Objects: &policy.Objects{}}
	seen := make(map[string]file, len(names))
	sum := sha256.New()
	for _, name := range names {
		f := r.readFile(name)
		seen[name] = f
		b.Objects.Merge(&f.objects)
		b.Problems = append(b.Problems, f.problems...)
		fmt.Fprintf(sum, "%q %x\n", name, f.sum)
	}
	r.files = seen
	sum.Sum(b.Sum[:0])
	b.PolicySum = b.Sum
	return b, nil
}

// readFile reads one file, or keeps its last good objects.
func (r *Reader) readFile(name string) file {
	old, known := r.files[name]
	info, err := os.Stat(name)
	if err == nil && known && old.untouched(info) {
		return old
	}
	now := time.Now()
	data, err := readLimited(name)
	if err != nil {
		// The error stands for the content, so that it is reported once and not at each read.
		data = []byte("unreadable: " + err.Error())
	}
	f := file{info: info, read: now, sum: sha256.Sum256(data), good: now}
	if known && f.sum == old.sum {
		old.info, old.read = info, now
		return old
	}
	if err != nil {
		f.problems = []policy.Problem{{Severity: policy.Error, Position: policy.Position{File: name}, Message: err.Error()}}
	} else {
		f.problems = Text(&f.objects, name, data)
	}
	broken := slices.ContainsFunc(f.problems, func(p policy.Problem) bool { return p.Severity == policy.Error })
	if broken && old.objects.Len() > 0 {
		f.objects, f.good = old.objects, old.good
		f.problems = append(f.problems, policy.Problem{Severity: policy.Warning, Position: policy.Position{File: name},
			Message: "is broken; what it held at " + old.good.Format(time.RFC3339) + " stays in force",
			Hint:    "correct the file"})
	}
	return f
}

// settled is how old a change has to be when a file is read before its times are trusted: a second write within the
// granularity of a file system's clock would leave them as they are.
const settled = 2 * time.Second

// untouched says whether the file was neither written nor replaced since it was read.
func (f *file) untouched(info fs.FileInfo) bool {
	return f.info != nil && os.SameFile(info, f.info) && info.Size() == f.info.Size() &&
		info.ModTime().Equal(f.info.ModTime()) && f.read.Sub(info.ModTime()) > settled
}

// Text reads the documents of one text into objs. The name stands in the positions of its objects.
func Text(objs *policy.Objects, name string, text []byte) []policy.Problem {
	var ps []policy.Problem
	for doc := range manifest.Documents(text) {
		pos := policy.Position{File: name, Line: doc.Line}
		if doc.Err != nil {
			ps = append(ps, policy.Problem{Severity: policy.Error, Position: pos, Message: doc.Err.Error()})
			continue
		}
		ps = append(ps, objs.Add(doc.JSON, pos)...)
	}
	return ps
}

// stdinName stands for standard input in positions.
const stdinName = "<stdin>"

// Paths reads files and directories once; "-" is standard input.
func Paths(stdin io.Reader, paths ...string) (*policy.Objects, []policy.Problem, error) {
	objs, problems := &policy.Objects{}, []policy.Problem(nil)
	for _, path := range paths {
		if path == "-" {
			data, err := io.ReadAll(stdin)
			if err != nil {
				return nil, nil, fmt.Errorf("reading standard input: %w", err)
			}
			problems = append(problems, Text(objs, stdinName, data)...)
			continue
		}
		b, err := NewReader(path).Read()
		if err != nil {
			return nil, nil, err
		}
		objs.Merge(b.Objects)
		problems = append(problems, b.Problems...)
	}
	return objs, problems, nil
}

// ErrEmpty says that a directory holds no policy file.
var ErrEmpty = errors.New("no .yaml, .yml or .json file in it")

// filesOf lists the policy files under a path, sorted. Names that start with a dot are left out: the folders of a
// mounted ConfigMap are called so, and its files are links into them.
func filesOf(root string) ([]string, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{root}, nil
	}
	var names []string
	// The slash at the end makes the walk follow a root that is a symbolic link.
	err = filepath.WalkDir(root+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(d.Name(), ".") && d.IsDir() && filepath.Clean(path) != filepath.Clean(root):
			return filepath.SkipDir
		case strings.HasPrefix(d.Name(), ".") || d.IsDir() || !isPolicyFile(path):
			return nil
		}
		names = append(names, filepath.Clean(path))
		return nil
	})
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: %w", root, ErrEmpty)
	}
	return names, err
}

func isPolicyFile(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name))
}

func readLimited(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	var buf bytes.Buffer
	n, err := io.Copy(&buf, io.LimitReader(f, maxFile+1))
	if err == nil && n > maxFile {
		err = fmt.Errorf("is larger than %d MiB", maxFile>>20)
	}
	return buf.Bytes(), err
}
