package controlplane

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// CRDSet names the custom resources of one foreign system.
type CRDSet string

// The sets. Seed and Sveltos define the same resources in different versions: one API server can have one of them.
const (
	// Seed has Sveltos' kinds as the first releases served them, v1alpha1 with a string for a cluster selector.
	Seed CRDSet = "seed"
	// Sveltos has the kinds as Sveltos publishes them today.
	Sveltos CRDSet = "sveltos"
	// Harvester has Setting.
	Harvester CRDSet = "harvester"
	// CAPI has Cluster.
	CAPI CRDSet = "capi"
	// Rancher has its roles, their bindings, and Project.
	Rancher CRDSet = "rancher"
)

// embedded holds, for each set but Sveltos, what its kinds need in order to be stored: scope, names, and the few
// fields whose type matters. Everything else is kept as it comes.
//
//go:embed crds/*.yaml
var embedded embed.FS

// sveltosFiles are the kinds that a decision depends on, 6 of 26: each CRD costs time at start.
var sveltosFiles = []string{
	"config.projectsveltos.io_clusterprofiles.yaml",
	"config.projectsveltos.io_profiles.yaml",
	"lib.projectsveltos.io_clustersets.yaml",
	"lib.projectsveltos.io_rolerequests.yaml",
	"lib.projectsveltos.io_sets.yaml",
	"lib.projectsveltos.io_sveltosclusters.yaml",
}

// crdPaths returns the files and folders of everything that Options ask for.
func crdPaths(dir workdir, o Options) ([]string, error) {
	if slices.Contains(o.CRDs, Seed) && slices.Contains(o.CRDs, Sveltos) {
		return nil, errors.New("the CRD sets seed and sveltos define the same resources, choose one")
	}
	paths := slices.Clone(o.CRDPaths)
	for _, set := range o.CRDs {
		files, err := dir.crdFiles(set)
		if err != nil {
			return nil, fmt.Errorf("the CRD set %q: %w", set, err)
		}
		paths = append(paths, files...)
	}
	for _, path := range paths { // now, rather than when everything has been started
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("CRDs: %w", err)
		}
	}
	return paths, nil
}

// installCRDs returns when everything that was installed is served.
func (c *ControlPlane) installCRDs(paths []string, out io.Writer) error {
	if len(paths) == 0 {
		return nil
	}
	began := time.Now()
	installed, err := envtest.InstallCRDs(c.Admin(), envtest.CRDInstallOptions{
		Paths: paths, MaxTime: 30 * time.Second, PollInterval: 50 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "control plane: %d CRDs are served after %.1f s\n", len(installed), time.Since(began).Seconds())
	return nil
}

// crdFiles returns the files of a set, since files are what envtest reads.
func (d workdir) crdFiles(set CRDSet) ([]string, error) {
	if set == Sveltos {
		files := make([]string, len(sveltosFiles))
		for i, name := range sveltosFiles {
			files[i] = filepath.Join(d.programs(), "sveltos", name)
		}
		return files, nil
	}
	text, err := embedded.ReadFile("crds/" + string(set) + ".yaml")
	if err != nil {
		return nil, errors.New("there is no such set")
	}
	path := d.path(string(set) + ".yaml")
	return []string{path}, writeFile(path, text)
}
