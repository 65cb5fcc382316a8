package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// epoch is the time of everything.
var epoch = time.Unix(0, 0).UTC()

// entry is a file of a tarball.
type entry struct {
	name string
	mode int64
	data []byte
}

// descriptor points to a blob. Upstream: github.com/opencontainers/image-spec specs-go/v1 Descriptor.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

const oci = "application/vnd.oci.image."

// image collects the blobs of an image.
type image struct{ entries []entry }

func (i *image) add(mediaType string, data []byte) descriptor {
	d := descriptor{MediaType: oci + mediaType, Digest: "sha256:" + sum(data), Size: len(data)}
	i.entries = append(i.entries, entry{d.path(), 0o644, data})
	return d
}

func sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// path is where a blob stands.
func (d *descriptor) path() string { return "blobs/sha256/" + strings.TrimPrefix(d.Digest, "sha256:") }

// write writes the tarball. An OCI layout and the manifest.json of `docker save` share the blobs.
func write(path, name string, s *stage, p *program) error {
	var layer bytes.Buffer
	if err := writeTar(&layer, entry{strings.TrimPrefix(s.program, "/"), 0o755, p.data}); err != nil {
		return err
	}
	packed, err := pack(layer.Bytes())
	if err != nil {
		return err
	}
	var i image
	blob := i.add("layer.v1.tar+gzip", packed)
	conf := i.add("config.v1+json", marshal(map[string]any{
		"architecture": p.arch, "os": "linux", "created": epoch, "config": s.config,
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + sum(layer.Bytes())}},
		"history": []any{map[string]any{"created": epoch, "created_by": "COPY " + s.program}},
	}))
	manifest := i.add("manifest.v1+json", marshal(map[string]any{
		"schemaVersion": 2, "mediaType": oci + "manifest.v1+json", "config": conf, "layers": []any{blob},
	}))
	manifest.Annotations = map[string]string{
		"io.containerd.image.name":          qualified(name),
		"org.opencontainers.image.ref.name": name[strings.LastIndex(name, ":")+1:],
	}
	i.entries = append(i.entries,
		entry{"index.json", 0o644, marshal(map[string]any{
			"schemaVersion": 2, "mediaType": oci + "index.v1+json", "manifests": []any{manifest},
		})},
		entry{"manifest.json", 0o644, marshal([]any{map[string]any{
			"Config": conf.path(), "RepoTags": []string{name}, "Layers": []string{blob.path()},
		}})},
		entry{"oci-layout", 0o644, []byte(`{"imageLayoutVersion":"1.0.0"}`)},
	)
	var archive bytes.Buffer
	if err := writeTar(&archive, i.entries...); err != nil {
		return err
	}
	return os.WriteFile(path, archive.Bytes(), 0o644)
}

func writeTar(out io.Writer, entries ...entry) error {
	w := tar.NewWriter(out)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.data)), ModTime: epoch, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(e.data); err != nil {
			return err
		}
	}
	return w.Close()
}

// pack compresses a layer, as registries want it.
func pack(data []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close() // which writes the rest
	return packed.Bytes(), err
}

// qualified is a name as containerd has it: docker's short names are docker.io's.
func qualified(name string) string {
	host, _, found := strings.Cut(name, "/")
	switch {
	case !found:
		return "docker.io/library/" + name
	case !strings.ContainsAny(host, ".:") && host != "localhost":
		return "docker.io/" + name
	}
	return name
}

// marshal: what is written here always can be.
func marshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
