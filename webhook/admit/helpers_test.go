package admit_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	authnv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// compile puts the policy objects of a text in force.
func compile(t testing.TB, text string, options policy.Options) policy.Holder {
	t.Helper()
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "policy.yaml", []byte(text)))
	snap, _ := policy.Compile(objs, options)
	holder := &atomic.Pointer[policy.Snapshot]{}
	holder.Store(snap)
	return holder
}

// write is one write to the API: the object, and on an update the one it replaces, as YAML.
type write struct {
	user   string
	groups []string
	object string
	old    string
}

// answer is what the API server makes of a write: the object as it would be stored, or the refusal.
type answer struct {
	Object   string // JSON
	Refusal  *metav1.Status
	Warnings []string
}

// guardNamed finds a guard in the list.
func guardNamed(t testing.TB, name string) admit.Guard {
	for _, g := range admit.Guards() {
		if g.Name == name {
			return g
		}
	}
	require.Fail(t, "no guard", name)
	return admit.Guard{}
}

// submit sends a write through a guard as the API server does: to mutate, then with the patch applied to validate.
func submit(t testing.TB, snapshots policy.Holder, guard string, w write) answer {
	t.Helper()
	return submitRequest(t, snapshots, guard, request(t, w))
}

func submitRequest(t testing.TB, snapshots policy.Holder, guard string, req *admissionv1.AdmissionRequest) answer {
	t.Helper()
	g := guardNamed(t, guard)
	a := answer{Object: string(req.Object.Raw)}
	for _, mutating := range []bool{true, false} {
		if a.Refusal != nil || mutating && g.Mutate == nil {
			continue
		}
		resp := review(t, &admit.Handler{Guard: g, Mutating: mutating, Snapshots: snapshots}, req)
		req.Object.Raw = patched(t, req.Object.Raw, resp)
		a.Object = string(req.Object.Raw)
		a.Warnings = append(a.Warnings, resp.Warnings...)
		if !resp.Allowed {
			a.Refusal = resp.Result
		}
	}
	return a
}

// validate sends a write to validate only, as when it was made before this server stamped anything.
func validate(t testing.TB, snapshots policy.Holder, guard string, w write) answer {
	t.Helper()
	resp := review(t, &admit.Handler{Guard: guardNamed(t, guard), Snapshots: snapshots}, request(t, w))
	require.Empty(t, resp.Patch)
	return answer{Refusal: resp.Result, Warnings: resp.Warnings}
}

// request is the admission request of a write.
func request(t testing.TB, w write) *admissionv1.AdmissionRequest {
	var obj unstructured.Unstructured
	raw, err := yaml.YAMLToJSON([]byte(w.object))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &obj.Object))
	gvk := obj.GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(gvk)
	if gvk.Kind == "NetworkAttachmentDefinition" {
		resource.Resource = "network-attachment-definitions"
	}
	req := &admissionv1.AdmissionRequest{
		UID:       types.UID("u1"),
		Kind:      metav1.GroupVersionKind(gvk),
		Resource:  metav1.GroupVersionResource{Group: gvk.Group, Version: gvk.Version, Resource: resource.Resource},
		Name:      obj.GetName(),
		Namespace: obj.GetNamespace(),
		Operation: admissionv1.Create,
		UserInfo:  authnv1.UserInfo{Username: w.user, Groups: w.groups},
		Object:    runtime.RawExtension{Raw: raw},
	}
	if w.old != "" {
		req.Operation = admissionv1.Update
		req.OldObject.Raw, err = yaml.YAMLToJSON([]byte(w.old))
		require.NoError(t, err)
	}
	return req
}

// review posts one request and returns the response in the answer.
func review(t testing.TB, h http.Handler, req *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	t.Helper()
	w := post(h, http.MethodPost, "application/json", string(reviewOf(t, req)))
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var out admissionv1.AdmissionReview
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &out))
	require.Equal(t, req.UID, out.Response.UID)
	require.Equal(t, out.Response.Allowed, out.Response.Result == nil)
	return out.Response
}

func post(h http.Handler, method, contentType, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "/", strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

// patched applies the patch of a response with the library that the API server has for it.
func patched(t testing.TB, object []byte, resp *admissionv1.AdmissionResponse) []byte {
	t.Helper()
	require.Equal(t, resp.Patch != nil, resp.PatchType != nil)
	if resp.Patch == nil {
		return object
	}
	require.Equal(t, admissionv1.PatchTypeJSONPatch, *resp.PatchType)
	patch, err := jsonpatch.DecodePatch(resp.Patch)
	require.NoError(t, err)
	object, err = patch.Apply(object)
	require.NoError(t, err)
	return object
}
