package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const dockerfile = "../../Dockerfile"

// build compiles the smallest program, in a folder of its own.
func build(t *testing.T, env ...string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() {}\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module bailiwick\n\ngo 1.26\n"), 0o600))
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", "bailiwick", ".")
	cmd.Dir, cmd.Env = dir, append(append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0"), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return filepath.Join(dir, "bailiwick")
}

func makeImage(t *testing.T, name, program string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "image.tar")
	require.NoError(t, run([]string{"-f", dockerfile, "-t", name, "-o", out, program}))
	data, err := os.ReadFile(out)
	require.NoError(t, err)
	return data
}

func files(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		require.Equal(t, int64(0), h.ModTime.Unix())
		found[h.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}
}

func decode[T any](t *testing.T, data []byte) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(data, &v))
	return v
}

func TestTwoBuildsAreEqual(t *testing.T) {
	require.True(t, bytes.Equal(makeImage(t, "bailiwick:1", build(t)), makeImage(t, "bailiwick:1", build(t))))
}

// An image is what the Dockerfile says, and its two descriptions lead to the same blobs, which are what their names say.
func TestImage(t *testing.T) {
	program := build(t, "GOARCH=arm64")
	archive := files(t, makeImage(t, "ghcr.io/bailiwick-dev/bailiwick:v1", program))
	for name, data := range archive {
		if sum, ok := strings.CutPrefix(name, "blobs/sha256/"); ok {
			require.Equal(t, sum, fmt.Sprintf("%x", sha256.Sum256(data)))
		}
	}
	index := decode[struct{ Manifests []descriptor }](t, archive["index.json"]).Manifests
	require.Len(t, index, 1)
	require.Equal(t, map[string]string{
		"io.containerd.image.name": "ghcr.io/bailiwick-dev/bailiwick:v1", "org.opencontainers.image.ref.name": "v1",
	}, index[0].Annotations)
	manifest := decode[struct {
		Config descriptor
		Layers []descriptor
	}](t, archive[index[0].path()])
	saved := decode[[]struct {
		Config           string
		RepoTags, Layers []string
	}](t, archive["manifest.json"])
	require.Len(t, saved, 1)
	require.Len(t, manifest.Layers, 1)
	require.Equal(t, manifest.Config.path(), saved[0].Config)
	require.Equal(t, []string{manifest.Layers[0].path()}, saved[0].Layers)
	require.Equal(t, []string{"ghcr.io/bailiwick-dev/bailiwick:v1"}, saved[0].RepoTags)

	described := decode[struct {
		Architecture, OS string
		Config           config
		RootFS           struct {
			DiffIDs []string `json:"diff_ids"`
		}
	}](t, archive[saved[0].Config])
	require.Equal(t, "linux/arm64", described.OS+"/"+described.Architecture)
	unpacked, err := gzip.NewReader(bytes.NewReader(archive[saved[0].Layers[0]]))
	require.NoError(t, err)
	contents, err := io.ReadAll(unpacked)
	require.NoError(t, err)
	require.Equal(t, []string{fmt.Sprintf("sha256:%x", sha256.Sum256(contents))}, described.RootFS.DiffIDs)
	require.Equal(t, config{
		User: "65532:65532", ExposedPorts: map[string]struct{}{"9443/tcp": {}, "9090/tcp": {}},
		Entrypoint: []string{"/bailiwick"}, Cmd: []string{"serve", "--help"},
	}, described.Config)

	want, err := os.ReadFile(program)
	require.NoError(t, err)
	layer := files(t, contents)
	require.Len(t, layer, 1, "nothing but the program")
	require.True(t, bytes.Equal(want, layer["bailiwick"]))
}

func TestImageIsRefused(t *testing.T) {
	good := build(t)
	text := func(s string) string {
		path := filepath.Join(t.TempDir(), "Dockerfile")
		require.NoError(t, os.WriteFile(path, []byte(s), 0o600))
		return path
	}
	for name, test := range map[string]struct {
		file, program, want string
	}{
		"another base":     {text("FROM golang AS build\nRUN make\nFROM alpine\n"), good, `"FROM alpine": only FROM scratch`},
		"a step":           {text("FROM scratch\nRUN true\n"), good, `"RUN true": only FROM scratch`},
		"a second file":    {text("FROM scratch\nCOPY --from=build /a /a\nCOPY --from=build /b /b\n"), good, `"COPY --from=build /b /b": only`},
		"shell form":       {text("FROM scratch\nCMD serve\n"), good, `"CMD serve": invalid character`},
		"no Dockerfile":    {"nowhere", good, "nowhere: no such file"},
		"another system":   {dockerfile, build(t, "GOOS=darwin"), "needs GOOS=linux"},
		"no program":       {dockerfile, "nowhere", "nowhere: no such file"},
		"not a Go program": {dockerfile, dockerfile, "Dockerfile: unrecognized file format"},
	} {
		t.Run(name, func(t *testing.T) {
			err := run([]string{"-f", test.file, "-o", filepath.Join(t.TempDir(), "image.tar"), test.program})
			require.ErrorContains(t, err, test.want)
		})
	}
}

// The image that users build and the one that is built here hold the same program: it is compiled alike.
func TestMakefileBuildsWhatTheDockerfileDoes(t *testing.T) {
	command := regexp.MustCompile(`go build (-trimpath .*) -o`)
	plain := strings.NewReplacer(`"`, "", "'", "", "${", "(", "$(", "(", "}", ")")
	var found []string
	for _, file := range []string{dockerfile, "../../Makefile"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range command.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(match[1], "-buildvcs=false") { // what goes into images knows no repository
				found = append(found, plain.Replace(match[1]))
			}
		}
	}
	require.Len(t, found, 2)
	require.Equal(t, found[0], found[1])
}

func TestQualifiedName(t *testing.T) {
	for name, want := range map[string]string{
		"bailiwick:dev":         "docker.io/library/bailiwick:dev",
		"acme/bailiwick:dev":    "docker.io/acme/bailiwick:dev",
		"ghcr.io/bailiwick:dev": "ghcr.io/bailiwick:dev",
		"localhost/bailiwick:1": "localhost/bailiwick:1",
		"127.0.0.1:5000/b:1":    "127.0.0.1:5000/b:1",
	} {
		require.Equal(t, want, qualified(name))
	}
}
