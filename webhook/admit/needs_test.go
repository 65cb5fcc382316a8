package admit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// unseen are what admission never sees: KubeVirt and CDI serve these groups themselves, and datavolumes/source is only
// ever asked about, by CDI before it clones. The DataVolume that does so is judged by the guard disks.
var unseen = []string{"subresources.kubevirt.io", "upload.cdi.kubevirt.io", "cdi.kubevirt.io/datavolumes/source"}

// Whatever authorization lets pass because only the body tells more, some guard is told of.
func TestGuardsSeeWhatOnlyBodiesTell(t *testing.T) {
	seen := 0
	for on := ovirt.AnyObject; on <= ovirt.VnicProfile; on++ {
		for rule := range ovirt.RulesOf(ovirt.AllGroups, on) {
			if rule.Told == ovirt.Request {
				continue
			}
			for _, resource := range rule.Resources {
				if slices.Contains(unseen, rule.APIGroup) || slices.Contains(unseen, rule.APIGroup+"/"+resource) {
					continue
				}
				for _, verb := range rule.Verbs {
					require.True(t, isJudged(rule.APIGroup, resource, verb), "no guard judges who may %s %s of %q by %s", verb, resource, rule.APIGroup, rule.Group)
					seen++
				}
			}
		}
	}
	require.Greater(t, seen, 80)
}

func isJudged(group, resource, verb string) bool {
	op := admissionregv1.OperationType(strings.ToUpper(verb))
	if verb == "patch" {
		op = admissionregv1.Update
	}
	return slices.ContainsFunc(admit.Guards(), func(g admit.Guard) bool {
		return slices.ContainsFunc(g.Rules, func(r admissionregv1.RuleWithOperations) bool {
			return slices.Contains(r.APIGroups, group) && slices.Contains(r.Resources, resource) && slices.Contains(r.Operations, op)
		})
	})
}
