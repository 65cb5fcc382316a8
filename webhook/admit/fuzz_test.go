package admit_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// Whatever the body is, a guard answers with a review or refuses it as malformed, and never panics.
func FuzzServeHTTP(f *testing.F) {
	for _, w := range []write{
		{user: foo, object: profile("", inside)},
		{user: foo, object: profile("a: b, "+ofZebra, "{matchExpressions: [{key: env, operator: In, values: [a]}]}"), old: profile(ofFoo, "a=b")},
		{user: "jane", groups: []string{"system:masters"}, object: dying(ofFoo, "a/b"), old: profile("", "[x]")},
		{user: controller, object: profile(ofFoo, inside), old: profile(ofZebra, inside)},
		{user: foo, object: withSpec(`tier: 1, setRefs: [a], dependsOn: [b], clusterRefs: [{apiVersion: v1, kind: Cluster}], helmCharts: [{repositoryURL: "bucket://a/b", valuesFrom: [{name: "{{ a }}"}]}]`)},
		{user: foo, object: `{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventTrigger, metadata: {name: p}, spec: {destinationCluster: {}, secretGenerator: [{nameFormat: x}], policyRefs: [{remoteURL: {url: "http://x", plainHTTP: true}}]}}`},
		{user: foo, object: `{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterSummary, metadata: {name: p, namespace: a}, spec: {clusterName: b}}`},
		{user: foo, object: `{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {name: p, namespace: a, labels: {org: foo.io}}, spec: {kubeconfigName: b}}`},
		{user: foo, object: `{apiVersion: lib.projectsveltos.io/v1beta1, kind: Classifier, metadata: {name: p}, spec: {classifierLabels: [{key: org, value: b}]}}`},
		{user: "jane", groups: []string{"system:masters"}, object: `{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: p, annotations: {bailiwick.dev/users: "a,b"}}, spec: {serviceAccountName: a, serviceAccountNamespace: b, expirationSeconds: 1, clusterSelector: {matchLabels: {a: b}}, roleRefs: [{kind: ConfigMap, namespace: a, name: "{{ .ClusterName }}"}]}}`},
		{user: "jane", object: `{apiVersion: v1, kind: Secret, metadata: {namespace: a, name: b-kubeconfig, labels: {projectsveltos.io/role-cluster: a}}, data: {kubeconfig: dXNlcnM6IFt7bmFtZTogdSwgdXNlcjoge2V4ZWM6IHt9fX1d}}`},
		{user: harvester, object: setting(bad, good), old: setting(broken, worse)},
		{user: "u-a", object: `{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: r}, context: project, external: true, roleTemplateNames: [r, a], rules: [{verbs: [get]}]}`},
		{user: "u-a", object: `{apiVersion: management.cattle.io/v3, kind: GlobalRole, metadata: {name: r}, builtin: true, inheritedClusterRoles: [a], namespacedRules: {a: [{verbs: [get]}]}, inheritedFleetWorkspacePermissions: {workspaceVerbs: [a]}}`},
		{user: "u-a", object: clusterBinding("u-b"), old: clusterBinding("u-c")},
		{user: "u-a", object: `{apiVersion: management.cattle.io/v3, kind: ProjectRoleTemplateBinding, metadata: {namespace: a, name: b}, projectName: "a:b", roleTemplateName: r, serviceAccount: "a:b", groupName: g}`},
		{user: "jane", object: `{apiVersion: v1, kind: Namespace, metadata: {name: cattle-system, annotations: {field.cattle.io/projectId: "a:b", bailiwick.dev/allow-deletion: "true"}}}`, old: `{apiVersion: v1, kind: Namespace, metadata: {labels: {field.cattle.io/projectId: ":"}}}`},
		{user: "jane", object: `{apiVersion: harvesterhci.io/v1beta1, kind: SupportBundle, metadata: {name: p, namespace: harvester-system}, spec: {extraCollectionNamespaces: [a, 1]}}`},
		{user: "maker", object: `{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {name: p, namespace: a, annotations: {bailiwick.dev/creator: b, harvesterhci.io/volumeClaimTemplates: '[{"metadata":{"name":"d","annotations":{"harvesterhci.io/imageId":"a/b"}},"spec":{"dataSource":{"kind":"PersistentVolumeClaim","name":"e"}}}]'}}, spec: {instancetype: {kind: virtualmachineinstancetype, name: t}, dataVolumeTemplates: [{metadata: {name: d}, spec: {storage: {}, source: {http: {secretRef: s}}}}], template: {spec: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: cpumanager}]}, 1]}}}, networks: [{name: x, multus: {networkName: a/b}}], volumes: [{name: v, persistentVolumeClaim: {claimName: c}}], domain: {devices: {disks: [{name: v, lun: {reservation: true}}]}}}}}}`, old: `{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {name: p, namespace: a}, spec: {updateVolumesStrategy: Migration, template: {spec: {volumes: [{name: v, dataVolume: {name: d}}]}}}}`},
		{user: "system:serviceaccount:harvester-system:harvester", object: `{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {name: p, namespace: a}, spec: {template: {spec: {networks: [{name: x, multus: {networkName: a/b}}]}}}}`, old: `{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {name: p, namespace: a, annotations: {bailiwick.dev/creator: b}}}`},
		{user: "maker", object: `{apiVersion: clone.kubevirt.io/v1beta1, kind: VirtualMachineClone, metadata: {name: p, namespace: a}, spec: {source: {kind: VirtualMachine, name: b}}}`},
		{user: "maker", object: `{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineTemplateVersion, metadata: {name: p, namespace: a}, spec: {templateId: a/b, vm: {spec: {template: {spec: {nodeSelector: {a: b}}}}}}}`, old: `{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineTemplateVersion, metadata: {name: p, namespace: a}}`},
		{user: "maker", object: `{apiVersion: k8s.cni.cncf.io/v1, kind: NetworkAttachmentDefinition, metadata: {name: p, namespace: a}, spec: {config: '{"bridge": "mgmt-br"}'}}`},
		{user: "maker", object: `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: p, namespace: a}, spec: {dataSourceRef: {kind: VolumeSnapshot, name: b}}}`},
		{user: "jane", object: `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleDefinition, metadata: {name: p}, spec: {type: User, actionGroups: [RUN_VM, X], rules: [{verbs: [get]}]}}`},
		{user: "jane", object: `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: p}, spec: {subjects: [{kind: User, name: a}], roleRef: {name: superuser}, object: {kind: Disk, cluster: "SveltosCluster:a/b", namespace: a, name: b}, expires: "2020-01-02T03:04:05Z"}}`},
		{user: "jane", object: `{apiVersion: bailiwick.dev/v1alpha1, kind: DataCenter, metadata: {name: p}, spec: {clusterSelector: {matchExpressions: [{key: a, operator: Exists}]}}}`},
	} {
		f.Add(reviewOf(f, request(f, w)))
	}
	f.Add([]byte("null"))
	f.Add([]byte(thing))
	snapshots := compile(f, requests+"---"+nodes+"\n---\n"+assigned, policy.Options{})
	var handlers []*admit.Handler
	for _, g := range admit.Guards() {
		handlers = append(handlers, &admit.Handler{Guard: g, Snapshots: snapshots})
		if g.Mutate != nil {
			handlers = append(handlers, &admit.Handler{Guard: g, Mutating: true, Snapshots: snapshots})
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, h := range handlers {
			w := post(h, http.MethodPost, "application/json", string(body))
			switch w.Code {
			case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			case http.StatusOK:
				checkResponse(t, h, body, w.Body.Bytes())
			default:
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
		}
	})
}

// assigned makes somebody known to the hierarchy, who holds next to nothing.
const assigned = "{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: maker}, " +
	"spec: {roleRef: {name: VnicProfileUser}, subjects: [{kind: User, name: maker}], object: {kind: VnicProfile, namespace: a, name: b}}}"

// checkResponse holds what is true of every answer: it can be decoded, it is that of the request, and it is a refusal
// with a code, or a patch that can be applied and is then complete.
func checkResponse(t *testing.T, h *admit.Handler, body, answer []byte) {
	var in, out admissionv1.AdmissionReview
	require.NoError(t, json.Unmarshal(body, &in))
	require.NoError(t, json.Unmarshal(answer, &out))
	require.Equal(t, in.Request.UID, out.Response.UID)
	if !out.Response.Allowed {
		require.Contains(t, []int32{403, 422}, out.Response.Result.Code)
		require.NotEmpty(t, out.Response.Result.Message)
		return
	}
	if !h.Mutating {
		require.Empty(t, out.Response.Patch)
		return
	}
	// The API server sends objects that it has encoded itself, so no key stands in them twice, and it takes none without
	// metadata, where the name is.
	raw, err := json.Marshal(json.RawMessage(in.Request.Object.Raw))
	require.NoError(t, err)
	var object any
	require.NoError(t, json.Unmarshal(raw, &object))
	canonical, err := json.Marshal(object)
	require.NoError(t, err)
	fields, _ := object.(map[string]any)
	if _, named := fields["metadata"].(map[string]any); !named || !bytes.Equal(canonical, raw) {
		return
	}
	in.Request.Object.Raw = patched(t, canonical, out.Response)
	again := review(t, h, in.Request)
	require.True(t, again.Allowed)
	require.Empty(t, again.Patch, "one mutation is enough")
}

// reviewOf is the body that asks about a request.
func reviewOf(t testing.TB, req *admissionv1.AdmissionRequest) []byte {
	body, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"}, Request: req,
	})
	require.NoError(t, err)
	return body
}
