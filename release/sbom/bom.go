package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
)

// document has the fields that are written. Upstream: CycloneDX/specification schema/bom-1.6.schema.json.
type document struct {
	BOMFormat    string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber,omitempty"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Ref     string `json:"bom-ref"`
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Scope   string `json:"scope,omitempty"`
	Hashes  []hash `json:"hashes,omitempty"`
	PURL    string `json:"purl"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

// describe puts together what is known of a program: its build, all modules, and who requires whom.
func describe(version string, program []byte, info *debug.BuildInfo, known []module, edges map[string][]string) (*document, error) {
	linked := map[string]bool{}
	for _, m := range info.Deps {
		linked[m.Path] = true
	}
	doc := &document{BOMFormat: "CycloneDX", SpecVersion: "1.6", Version: 1}
	refs := map[string]string{} // by path
	for _, m := range known {
		if m.Main {
			doc.Metadata.Component = named("application", m.Path, version, "", sha(program))
			refs[m.Path] = doc.Metadata.Component.Ref
			continue
		}
		scope := "excluded"
		if linked[m.Path] {
			scope = "required"
			delete(linked, m.Path)
		}
		c := named("library", m.Path, m.Version, scope, sumOf(m.Sum)...)
		doc.Components = append(doc.Components, c)
		refs[m.Path] = c.Ref
	}
	for path := range linked {
		return nil, fmt.Errorf("the program holds %s, which go.mod does not name: build it from this folder", path)
	}
	// The standard library has vulnerabilities of its own.
	doc.Components = append(doc.Components, named("library", "std", strings.TrimPrefix(info.GoVersion, "go"), "required"))
	for _, m := range known {
		doc.Dependencies = append(doc.Dependencies, dependency{refs[m.Path], needs(edges[m.node()], refs)})
	}
	return doc, doc.number()
}

func named(kind, name, version, scope string, hashes ...hash) component {
	id := purl(name, version)
	return component{Ref: id, Type: kind, Name: name, Version: version, Scope: scope, Hashes: hashes, PURL: id}
}

// needs are the references of modules, in order and each once. Go itself is in the graph too, and is no module.
func needs(paths []string, refs map[string]string) []string {
	var found []string
	for _, path := range paths {
		if ref, ok := refs[path]; ok {
			found = append(found, ref)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// purl is a package URL, in which names of Go modules are lower case.
// Upstream: package-url/purl-spec, types/golang.
func purl(path, version string) string {
	return "pkg:golang/" + strings.ToLower(path) + "@" + url.QueryEscape(version)
}

func sha(data []byte) hash {
	sum := sha256.Sum256(data)
	return hash{"SHA-256", hex.EncodeToString(sum[:])}
}

// sumOf reads a sum of go.sum, which is a SHA-256 over the sums of a module's files.
func sumOf(sum string) []hash {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:"))
	if err != nil || len(raw) == 0 {
		return nil
	}
	return []hash{{"SHA-256", hex.EncodeToString(raw)}}
}

// number gives the document a serial number that is the same for the same content.
func (d *document) number() error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	u := sha256.Sum256(text)
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80 // RFC 9562: version 8, of one's own making
	d.SerialNumber = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
	return nil
}
