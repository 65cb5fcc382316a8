package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// module is what `go list -m -json` says of one.
type module struct {
	Path, Version string
	// Sum is as in go.sum, of the module's files. A module from which nothing is compiled has none.
	Sum  string
	Main bool
}

// node is the module's name in the graph.
func (m *module) node() string {
	if m.Main {
		return m.Path
	}
	return m.Path + "@" + m.Version
}

// list is the build list of the module in whose folder this runs.
func list(ctx context.Context) ([]module, error) {
	out, err := output(ctx, "list", "-m", "-json", "all")
	if err != nil {
		return nil, err
	}
	var modules []module
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var m module
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return modules, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading what go list printed: %w", err)
		}
		modules = append(modules, m)
	}
}

// graph says which modules, by path, the module of a node requires.
func graph(ctx context.Context) (map[string][]string, error) {
	out, err := output(ctx, "mod", "graph")
	if err != nil {
		return nil, err
	}
	edges := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, _, _ := strings.Cut(to, "@")
		edges[from] = append(edges[from], path)
	}
	return edges, nil
}

func output(ctx context.Context, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, "go", args...).Output() //nolint:gosec // the arguments stand above
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, exit.Stderr)
	}
	return out, err
}
