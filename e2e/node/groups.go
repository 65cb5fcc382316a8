//go:build linux

package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const groupRoot = "/sys/fs/cgroup"

// makeGroups makes the control group of a node, named as its folder is, in each hierarchy that there is.
func makeGroups(dir string) error {
	hierarchies, err := mounted()
	if err != nil {
		return err
	}
	if len(hierarchies) == 0 {
		return fmt.Errorf("no control groups are mounted below %s", groupRoot)
	}
	for _, h := range hierarchies {
		group := filepath.Join(h, filepath.Base(dir))
		if err := os.Mkdir(group, 0o755); err != nil {
			return err
		}
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} { // empty ones take no process
			if err := copyFile(filepath.Join(h, file), filepath.Join(group, file)); err != nil {
				return err
			}
		}
	}
	return nil
}

// mounted are the hierarchies: the one of version 2, or many of version 1 and perhaps one of version 2 beside them.
func mounted() ([]string, error) {
	mounts, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return nil, err
	}
	var found []string
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		if strings.HasPrefix(f[1], groupRoot) && strings.HasPrefix(f[2], "cgroup") {
			found = append(found, f[1])
		}
	}
	return found, nil
}

// copyFile copies the file of one hierarchy; the others do not have it.
func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o600) //nolint:gosec // both are control groups
	}
	return err
}

// removeGroups removes a group with all below it, in every hierarchy. The kernel needs a moment after the last process.
func removeGroups(name string) error {
	hierarchies, err := mounted()
	for _, h := range hierarchies {
		var groups []string
		walk := filepath.WalkDir(filepath.Join(h, name), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				groups = append(groups, path)
			}
			return nil // what is gone already is fine
		})
		err = errors.Join(err, walk)
		for _, group := range slices.Backward(groups) {
			err = errors.Join(err, removeGroup(group))
		}
	}
	return err
}

func removeGroup(path string) (err error) {
	for range 100 {
		if err = os.Remove(path); err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
