package admit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// machineAttempt is a write of a virtual machine by somebody, and which webhooks are told of it.
type machineAttempt struct {
	user, group string
	object, old string
	told        []string
}

// Who runs machines is not asked about until he connects one for somebody; and marks are looked at only where they change.
func TestWritesOfMachinesInCEL(t *testing.T) {
	const (
		plain     = `{spec: {}}`
		empty     = `{}`
		stopped   = `{spec: {runStrategy: Halted}}`
		attached  = `{spec: {template: {spec: {networks: [{name: a}]}}}}`
		withDisk  = `{spec: {template: {spec: {volumes: [{name: a}]}}}}`
		marked    = `{metadata: {annotations: {bailiwick.dev/creator: jane}}, spec: {}}`
		labelled  = `{metadata: {labels: {bailiwick.dev/creator: x}}, spec: {}}`
		harvester = "system:serviceaccount:harvester-system:harvester"
		virtAPI   = "system:serviceaccount:kubevirt:kubevirt-apiserver"
		virt      = "system:serviceaccount:harvester-system:kubevirt-controller"
		gc        = "system:serviceaccount:kube-system:generic-garbage-collector"
	)
	const mutate, machines, deputies, creators = "mutate", "virtualmachines.bailiwick.dev", "virtualmachines-deputies.bailiwick.dev", "creators.bailiwick.dev"
	for name, a := range map[string]machineAttempt{
		"a user creates":                 {"jane", "", plain, "", []string{mutate, machines}},
		"a user creates what is marked":  {"jane", "", marked, "", []string{mutate, machines, creators}},
		"a user updates":                 {"jane", "", stopped, plain, []string{machines}},
		"a user marks":                   {"jane", "", labelled, plain, []string{machines, creators}},
		"an administrator":               {"jane", "system:masters", marked, "", nil},
		"the control plane":              {gc, "", stopped, plain, nil},
		"the control plane marks":        {gc, "", marked, plain, []string{creators}},
		"the control plane copies":       {gc, "", marked, "", []string{mutate, creators}},
		"KubeVirt works":                 {virt, "", withDisk, plain, nil},
		"KubeVirt creates":               {virt, "", plain, "", nil},
		"KubeVirt attaches a disk":       {virtAPI, "", withDisk, plain, []string{deputies}},
		"Harvester attaches a network":   {harvester, "", attached, plain, []string{deputies}},
		"Harvester detaches a network":   {harvester, "", empty, attached, []string{deputies}},
		"Harvester starts":               {harvester, "", plain, stopped, nil},
		"Harvester creates":              {harvester, "", attached, "", nil},
		"Harvester creates what it read": {harvester, "", marked, "", []string{mutate, creators}},
	} {
		t.Run(name, func(t *testing.T) { require.ElementsMatch(t, a.told, a.asked(t)) })
	}
}

// Of a running machine only what is attached to it is looked at, and of a claim only what is new or how it is filled.
func TestWritesOfInstancesAndClaimsInCEL(t *testing.T) {
	const (
		virtAPI = "system:serviceaccount:kubevirt:kubevirt-apiserver"
		sized   = `{spec: {resources: {requests: {storage: 2Gi}}}}`
		noted   = `{metadata: {annotations: {a: b}}}`
		secret  = `{metadata: {annotations: {cdi.kubevirt.io/storage.import.secretName: s}}}`
		other   = `{metadata: {annotations: {a: b, cdi.kubevirt.io/storage.import.secretName: t}}}`
		network = `{metadata: {annotations: {k8s.v1.cni.cncf.io/networks: n}}}`
	)
	instance := schema.GroupVersionKind{Group: "kubevirt.io", Version: "v1", Kind: "VirtualMachineInstance"}
	claim := schema.GroupVersionKind{Version: "v1", Kind: "PersistentVolumeClaim"}
	attaches, fills := []string{"virtualmachines-instances.bailiwick.dev"}, []string{"disks.bailiwick.dev"}
	for name, a := range map[string]struct {
		machineAttempt
		guard string
		kind  schema.GroupVersionKind
	}{
		"KubeVirt attaches a disk":     {machineAttempt{virtAPI, "", `{spec: {volumes: [{name: a}]}}`, `{spec: {}}`, attaches}, "virtualmachines", instance},
		"KubeVirt does anything else":  {machineAttempt{virtAPI, "", `{spec: {volumes: [{name: a}]}, status: {a: b}}`, `{spec: {volumes: [{name: a}]}}`, nil}, "virtualmachines", instance},
		"a user creates a claim":       {machineAttempt{"jane", "", sized, "", fills}, "disks", claim},
		"a claim grows":                {machineAttempt{"jane", "", sized, `{}`, nil}, "disks", claim},
		"a claim is noted":             {machineAttempt{"jane", "", noted, sized, nil}, "disks", claim},
		"a claim is fetched":           {machineAttempt{"jane", "", secret, noted, fills}, "disks", claim},
		"a claim is fetched at last":   {machineAttempt{"jane", "", secret, sized, fills}, "disks", claim},
		"a claim is fetched as it was": {machineAttempt{"jane", "", secret, secret, nil}, "disks", claim},
		"a claim is fetched otherwise": {machineAttempt{"jane", "", other, secret, fills}, "disks", claim},
		"over a network":               {machineAttempt{"jane", "", network, sized, fills}, "disks", claim},
	} {
		t.Run(name, func(t *testing.T) {
			_, validating := admit.Configurations([]admit.Guard{guardNamed(t, a.guard)}, nil, byURL)
			require.ElementsMatch(t, a.told, a.among(t, validating.Webhooks, a.kind))
		})
	}
}

// While nobody holds a role of the hierarchy, nothing waits for its guards but marks.
func TestWithoutRolesNobodyIsAsked(t *testing.T) {
	for text, want := range map[string]bool{"": false, assigned: true, machineOfMaker: true} {
		snap := compile(t, text, policy.Options{}).Load()
		require.Equal(t, want, snap.GivesRoles())
		for _, guard := range hierarchyGuards {
			_, validating := admit.Configurations([]admit.Guard{guardNamed(t, guard)}, snap, byURL)
			for _, w := range validating.Webhooks {
				require.Equal(t, want || guard == "creators", w.MatchConditions[0].Expression != "false", w.Name)
			}
		}
	}
}

const machineOfMaker = "{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {namespace: a, name: b, annotations: {bailiwick.dev/creator: maker}}}"

func (a *machineAttempt) asked(t *testing.T) []string {
	mutating, validating := admit.Configurations([]admit.Guard{guardNamed(t, "virtualmachines"), guardNamed(t, "creators")}, nil, byURL)
	require.Len(t, mutating.Webhooks, 1)
	require.Equal(t, admissionregv1.Ignore, *mutating.Webhooks[0].FailurePolicy)
	webhooks := validating.Webhooks
	if a.old == "" {
		m := mutating.Webhooks[0]
		webhooks = append(webhooks, admissionregv1.ValidatingWebhook{Name: "mutate", ClientConfig: m.ClientConfig, MatchConditions: m.MatchConditions})
	}
	return a.among(t, webhooks, schema.GroupVersionKind{Group: "kubevirt.io", Version: "v1", Kind: "VirtualMachine"})
}

// among are the webhooks that are told of the write of a kind.
func (a *machineAttempt) among(t *testing.T, webhooks []admissionregv1.ValidatingWebhook, kind schema.GroupVersionKind) []string {
	compiler := cel.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	var told []string
	for i := range webhooks {
		matcher := webhook.NewValidatingWebhookAccessor(webhooks[i].Name, "bailiwick", &webhooks[i]).GetCompiledMatcher(compiler)
		result := matcher.Match(t.Context(), a.attributes(t, kind), nil, nil)
		require.NoError(t, result.Error)
		if result.Matches {
			told = append(told, webhooks[i].Name)
		}
	}
	return told
}

func (a *machineAttempt) attributes(t *testing.T, gvk schema.GroupVersionKind) *admission.VersionedAttributes {
	machine := func(text string) runtime.Object {
		if text == "" {
			return nil
		}
		u := &unstructured.Unstructured{}
		require.NoError(t, yaml.Unmarshal([]byte(text), &u.Object))
		u.SetGroupVersionKind(gvk)
		u.SetName("web")
		return u
	}
	object, old, op := machine(a.object), machine(a.old), admission.Update
	if old == nil {
		op = admission.Create
	}
	who := &user.DefaultInfo{Name: a.user}
	if a.group != "" {
		who.Groups = []string{a.group}
	}
	attributes := admission.NewAttributesRecord(object, old, gvk, "team", "web", gvk.GroupVersion().WithResource(strings.ToLower(gvk.Kind)+"s"), "", op, nil, false, who)
	return &admission.VersionedAttributes{Attributes: attributes, VersionedKind: gvk,
		VersionedObject: admission.NewLazyObject(object), VersionedOldObject: admission.NewLazyObject(old)}
}
