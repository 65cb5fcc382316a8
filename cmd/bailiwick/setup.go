package main

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// setup is a configuration that was checked.
type setup struct {
	policy               policy.Options
	templates, hierarchy authorizer.Rollout
	modes                admit.Modes
	// clients are those who may ask; nil: anybody.
	clients *certs.Clients
	// hosts are the names of a certificate that the server makes itself, and certSecret is where it then keeps it.
	hosts      []string
	certSecret types.NamespacedName
	// reached and registerGuards are for configurations that the server registers itself; nil: it does not.
	reached        reach
	registerGuards []admit.Guard
}

// check reads what the configuration says, and tells what is wrong with it before anything is started.
func check(c *config) (*setup, error) {
	if err := checkSource(c); err != nil {
		return nil, err
	}
	s := &setup{policy: identities(c)}
	for _, step := range []func(*setup, *config) error{checkCluster, checkRancher, checkRollouts, checkLimits, checkFacts, checkModes, checkCertificates, checkRegister, checkClients} {
		if err := step(s, c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// identities says who is who.
func identities(c *config) policy.Options {
	return policy.Options{
		SveltosNamespace: c.SveltosNamespace,
		AdminNamespaces:  c.AdminNamespaces,
		PlatformUsers:    c.PlatformUsers,
		PlatformGroups:   c.PlatformGroups,
		Controllers:      c.Controllers,
	}
}

func checkCluster(s *setup, c *config) error { return setSelf(&s.policy, c.Cluster, c.ClusterLabels) }

// setSelf reads --cluster and --cluster-labels.
func setSelf(o *policy.Options, cluster string, labels map[string]string) error {
	switch {
	case cluster == "" && len(labels) > 0:
		return broken("name the cluster with --cluster KIND:NS/NAME", "--cluster-labels without --cluster")
	case cluster == "":
		return nil
	}
	self, err := policy.ParseClusterRef(cluster)
	if err != nil {
		return broken("", "%w", err)
	}
	o.Self, o.SelfLabels = self, labels
	return nil
}

func checkModes(s *setup, c *config) error {
	s.modes = admit.Modes{}
	for _, name := range slices.Sorted(maps.Keys(c.Mode)) {
		if err := checkModeName(name); err != nil {
			return err
		}
		mode, err := admit.ParseMode(c.Mode[name])
		if err != nil {
			return broken("", "--mode %s: %w", name, err)
		}
		s.modes[name] = mode
	}
	return nil
}

// checkModeName takes the name of a guard, or of one of its checks: guard/check.
func checkModeName(name string) error {
	guard, check, single := strings.Cut(name, "/")
	var guards, checks []string
	for _, g := range admit.Guards() {
		guards = append(guards, g.Name)
		for _, c := range g.Checks {
			if g.Name == guard {
				checks = append(checks, c.Name)
			}
		}
	}
	switch {
	case !slices.Contains(guards, guard):
		return broken("guards are "+strings.Join(guards, ", "), "--mode: there is no guard %q", guard)
	case single && !slices.Contains(checks, check):
		return broken("its checks are "+strings.Join(checks, ", "), "--mode: guard %s has no check %q", guard, check)
	}
	return nil
}
