package admit

import (
	"fmt"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Judgement is what a guard says about a write that nobody has sent.
type Judgement struct {
	Guard string
	Check string // empty for what changes the object
	Verdict
}

// Create says what the guards would answer if a user created an object. Each changes the object first, as it would on
// a cluster; all of its checks are asked, and their modes do not count.
func Create(guards []Guard, snap *policy.Snapshot, who policy.Subject, raw []byte, now time.Time) ([]Judgement, error) {
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(raw); err != nil {
		return nil, fmt.Errorf("reading the object: %w", err)
	}
	var all []Judgement
	for _, g := range guards {
		request := createRequest(&g, object, who)
		if request == nil {
			continue
		}
		ask := func() *Question { return &Question{Snapshot: snap, Request: request, Who: who, Now: now} }
		if g.Mutate != nil {
			v := g.Mutate(ask())
			all = add(all, g.Name, "", v)
			if v.Refusal != nil {
				continue
			}
			if err := apply(v.Patch, request); err != nil {
				return nil, fmt.Errorf("guard %s: %w", g.Name, err)
			}
		}
		q := ask()
		for _, check := range g.Checks {
			all = add(all, g.Name, check.Name, check.Judge(q))
		}
	}
	return all, nil
}

func add(all []Judgement, guard, check string, v Verdict) []Judgement {
	if v.Refusal == nil && len(v.Warnings) == 0 {
		return all
	}
	return append(all, Judgement{Guard: guard, Check: check, Verdict: v})
}

// createRequest is what the API server would send to the guard, or nil when it would send nothing.
func createRequest(g *Guard, object *unstructured.Unstructured, who policy.Subject) *admissionv1.AdmissionRequest {
	kind := object.GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(kind) // which is how the kinds that guards know are called, but for one
	if kind.Kind == "NetworkAttachmentDefinition" {
		resource.Resource = "network-attachment-definitions"
	}
	req := &admissionv1.AdmissionRequest{
		UID:       "unsent",
		Kind:      metav1.GroupVersionKind(kind),
		Resource:  metav1.GroupVersionResource(resource),
		Name:      object.GetName(),
		Operation: admissionv1.Create,
		UserInfo:  authenticationv1.UserInfo{Username: who.Name, Groups: who.Groups},
	}
	rule := g.ruleFor(req)
	if rule == nil {
		return nil
	}
	object = object.DeepCopy()
	switch namespaced := rule.Scope == nil || *rule.Scope != admissionregv1.ClusterScope; {
	case !namespaced:
		object.SetNamespace("")
	case object.GetNamespace() == "":
		object.SetNamespace(metav1.NamespaceDefault)
	}
	req.Namespace = object.GetNamespace()
	req.Object = runtime.RawExtension{Raw: mustMarshal(object.Object)}
	return req
}

// apply changes the object of a request as the API server would.
func apply(ops []PatchOp, req *admissionv1.AdmissionRequest) error {
	if len(ops) == 0 {
		return nil
	}
	patch, err := jsonpatch.DecodePatch(mustMarshal(ops))
	if err != nil {
		return fmt.Errorf("reading its patch: %w", err)
	}
	if req.Object.Raw, err = patch.Apply(req.Object.Raw); err != nil {
		return fmt.Errorf("applying its patch: %w", err)
	}
	return nil
}
