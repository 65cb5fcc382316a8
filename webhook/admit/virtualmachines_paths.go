package admit

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// changedPaths are the fields in which two machines differ. What the API server, clients and Harvester write by
// themselves is left out.
func changedPaths(old, now *machine) []string {
	var before tree
	if old != nil {
		before = old.fields
	}
	paths := differences("spec", spec(before), spec(now.fields))
	for _, field := range []string{"labels", "annotations", "finalizers", "ownerReferences"} {
		at := "metadata." + field
		paths = append(paths, differences(at, child(child(before, "metadata"), field), child(child(now.fields, "metadata"), field))...)
	}
	return slices.DeleteFunc(paths, func(path string) bool { return slices.Contains(byThemselves, path) })
}

// byThemselves are written with whatever else is: by kubectl.
var byThemselves = []string{"metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]"}

// spec is the spec of a machine, without the rules by which Harvester keeps it to hosts with its networks: its webhook
// takes them away and writes them anew, whoever writes the machine.
//
// Upstream: harvester pkg/webhook/resources/virtualmachine/mutator.go, patchAffinity.
func spec(object tree) any {
	s, _ := child(object, "spec").(tree)
	template, _ := s["template"].(tree)
	pod, _ := template["spec"].(tree)
	affinity, ok := pod["affinity"].(tree)
	if !ok {
		return child(object, "spec")
	}
	pod = maps.Clone(pod)
	if affinity = withoutHarvesters(affinity); len(affinity) > 0 {
		pod["affinity"] = affinity
	} else {
		delete(pod, "affinity")
	}
	template, s = maps.Clone(template), maps.Clone(s)
	template["spec"], s["template"] = pod, template
	return s
}

func withoutHarvesters(affinity tree) tree {
	const required = "requiredDuringSchedulingIgnoredDuringExecution"
	nodes, _ := affinity["nodeAffinity"].(tree)
	terms, ok := child(nodes[required], "nodeSelectorTerms").([]any)
	affinity = maps.Clone(affinity)
	if ok {
		nodes = maps.Clone(nodes)
		delete(nodes, required)
		if terms = peoplesTerms(terms); len(terms) > 0 {
			nodes[required] = tree{"nodeSelectorTerms": terms}
		}
		affinity["nodeAffinity"] = nodes
	}
	maps.DeleteFunc(affinity, func(_ string, rules any) bool {
		fields, ok := rules.(tree)
		return rules == nil || ok && len(fields) == 0
	})
	return affinity
}

// peoplesTerms are the terms without what Harvester writes.
func peoplesTerms(terms []any) []any {
	var kept []any
	for _, term := range terms {
		expressions, ok := child(term, "matchExpressions").([]any)
		if !ok {
			kept = append(kept, term)
			continue
		}
		expressions = slices.DeleteFunc(slices.Clone(expressions), func(e any) bool {
			key := text(e, "key")
			return strings.HasPrefix(key, "network.harvesterhci.io/") || key == "cpumanager"
		})
		rest := maps.Clone(term.(tree))
		delete(rest, "matchExpressions")
		if len(expressions) > 0 {
			rest["matchExpressions"] = expressions
		}
		// Terms are alternatives: beside others, one that says nothing more lets the machine go to any host.
		if len(rest) > 0 || len(terms) > 1 {
			kept = append(kept, rest)
		}
	}
	return kept
}

// powered is what a change takes that may start a machine or stop it.
func powered(c *change, now *machine) ovirt.ActionGroup {
	s := child(now.fields, "spec")
	stops := c.path == "spec.running" && child(s, "running") != true || c.path == "spec.runStrategy" && text(s, "runStrategy") == "Halted"
	if stops {
		return ovirt.StopVM
	}
	return c.group
}

// isOfCD says whether a path is about a CD-ROM drive or the volume in it, before and after.
func isOfCD(path string, old, now drives) bool {
	for _, list := range []string{podSpec + ".volumes", podSpec + ".domain.devices.disks"} {
		if !within(path, list) {
			continue
		}
		name, _, ok := strings.Cut(strings.TrimPrefix(path, list+"["), "]")
		was, before := old[name]
		is, after := now[name]
		return ok && (before || after) && (was || !before) && (is || !after)
	}
	return false
}

// drives are the disks of a machine by name, and whether each is a CD-ROM drive.
type drives map[string]bool

func (m *machine) drives() drives {
	ds := drives{}
	m.entries(podSpec+".domain.devices.disks[]", func(_ string, entry any) {
		ds[text(entry, "name")] = child(entry, "cdrom") != nil
	})
	return ds
}

// migrated are the disks that a running machine leaves for others.
//
// Upstream: kubevirt api core/v1 UpdateVolumesStrategyMigration.
func migrated(old, now *machine) []need {
	if text(child(now.fields, "spec"), "updateVolumesStrategy") != "Migration" {
		return nil
	}
	claims := map[string]string{}
	now.entries(podSpec+".volumes[]", func(_ string, entry any) { claims[text(entry, "name")] = claimOf(entry) })
	var needs []need
	old.entries(podSpec+".volumes[]", func(_ string, entry any) {
		name, claim := text(entry, "name"), claimOf(entry)
		if other := claims[name]; claim != "" && other != "" && other != claim {
			needs = append(needs, need{field: podSpec + ".volumes[" + name + "]", group: ovirt.DiskLiveStorageMigration, on: diskSpot(now.spot.Namespace, claim)})
		}
	})
	return needs
}
