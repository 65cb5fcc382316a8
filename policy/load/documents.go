package load

import (
	"encoding/json"
	"io"
	"iter"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/manifest"
)

// Documents yields each object of files and directories as JSON, whatever its kind, and where it stands; "-" is
// standard input. The items of a List are objects of their own. What cannot be read is left out: Paths tells of it.
func Documents(stdin io.Reader, paths ...string) iter.Seq2[policy.Position, []byte] {
	return func(yield func(policy.Position, []byte) bool) {
		for name, text := range texts(stdin, paths) {
			for doc := range manifest.Documents(text) {
				if doc.Err != nil {
					continue
				}
				for _, object := range objects(doc.JSON) {
					if !yield(policy.Position{File: name, Line: doc.Line}, object) {
						return
					}
				}
			}
		}
	}
}

// texts yields the files under some paths.
func texts(stdin io.Reader, paths []string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, path := range paths {
			if path == "-" {
				if text, err := io.ReadAll(stdin); err == nil && !yield(stdinName, text) {
					return
				}
				continue
			}
			names, _ := filesOf(path)
			for _, name := range names {
				if text, err := readLimited(name); err == nil && !yield(name, text) {
					return
				}
			}
		}
	}
}

// objects are the items of a List, or else the object itself.
func objects(raw []byte) [][]byte {
	var list struct {
		Kind  string            `json:"kind"`
		Items []json.RawMessage `json:"items"`
	}
	if json.Unmarshal(raw, &list) != nil || list.Kind != "List" {
		return [][]byte{raw}
	}
	var all [][]byte
	for _, item := range list.Items {
		all = append(all, objects(item)...)
	}
	return all
}
