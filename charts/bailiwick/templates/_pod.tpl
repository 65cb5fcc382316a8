{{/* What pods of a workload are made of. */}}
{{- define "bailiwick.podTemplate" -}}
metadata:
  labels:
    {{- include "bailiwick.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A new configuration starts new pods.
    bailiwick.dev/config: {{ include "bailiwick.config" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "bailiwick.name" . }}
  automountServiceAccountToken: {{ eq (include "bailiwick.usesAPI" .) "true" }}
  {{- include "bailiwick.podSpec" . | nindent 2 }}
{{- end }}

{{- define "bailiwick.podSpec" -}}
enableServiceLinks: false
terminationGracePeriodSeconds: 30
securityContext:
  {{- include "bailiwick.podSecurity" . | nindent 2 }}
{{- if include "bailiwick.onHost" . }}
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
{{- end }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
containers:
- name: bailiwick
  {{- include "bailiwick.container" . | nindent 2 }}
  args:
  - serve
  - --config=/etc/bailiwick/config/config.yaml
  {{- if include "bailiwick.onHost" . }}
  # Prometheus and the kubelet come to the address of the host, kube-apiserver to 127.0.0.1.
  - --metrics-listen=[$(HOST_IP)]:{{ .Values.ports.metrics }}
  env:
  - name: HOST_IP
    valueFrom: {fieldRef: {fieldPath: status.hostIP}}
  {{- end }}
  ports:
  - {name: webhooks, containerPort: {{ .Values.ports.webhooks }}}
  - {name: metrics, containerPort: {{ .Values.ports.metrics }}}
  readinessProbe:
    httpGet: {path: /readyz, port: metrics}
    periodSeconds: 2
  livenessProbe:
    httpGet: {path: /healthz, port: metrics}
    initialDelaySeconds: 10
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  volumeMounts:
  {{- range (include "bailiwick.volumes" . | fromYaml).volumes }}
  - {name: {{ .name }}, mountPath: {{ .path }}{{ if ne .name "state" }}, readOnly: true{{ end }}}
  {{- end }}
volumes:
{{- range (include "bailiwick.volumes" . | fromYaml).volumes }}
- name: {{ .name }}
  {{- toYaml .source | nindent 2 }}
{{- end }}
{{- end }}

{{/* The program, as restricted as the restricted Pod Security Standard wants it. */}}
{{- define "bailiwick.container" -}}
image: {{ include "bailiwick.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "bailiwick.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* What is mounted, as {volumes: [{name, path, source}]}. A static pod can name no object of the API, so it has all from its host. */}}
{{- define "bailiwick.volumes" -}}
{{- $static := eq .Values.run "staticPod" }}
{{- $host := .Values.staticPod.directory }}
{{- with .Values }}
volumes:
- name: config
  path: /etc/bailiwick/config
  source:
    {{- if $static }}
    hostPath: {path: {{ $host }}/config, type: Directory}
    {{- else }}
    configMap: {name: {{ include "bailiwick.name" $ }}}
    {{- end }}
{{- if not .clients.anybody }}
- name: clients
  path: /etc/bailiwick/clients
  source:
    {{- if $static }}
    hostPath: {path: {{ $host }}/clients, type: Directory}
    {{- else if .clients.ca.secret }}
    secret: {secretName: {{ .clients.ca.secret }}, items: [{key: {{ .clients.ca.key }}, path: ca.crt}]}
    {{- else }}
    configMap: {name: {{ .clients.ca.configMap }}, items: [{key: {{ .clients.ca.key }}, path: ca.crt}]}
    {{- end }}
{{- end }}
{{- if ne .certificates.source "selfSigned" }}
- name: tls
  path: /etc/bailiwick/tls
  source:
    {{- if $static }}
    hostPath: {path: {{ $host }}/tls, type: Directory}
    {{- else }}
    secret: {secretName: {{ eq .certificates.source "files" | ternary .certificates.files.secret (printf "%s-serving" (include "bailiwick.name" $)) }}}
    {{- end }}
{{- end }}
{{- if include "bailiwick.bundle" $ }}
- name: policy
  path: /etc/bailiwick/policy
  source:
    {{- if $static }}
    hostPath: {path: {{ $host }}/policy, type: Directory}
    {{- else if .policy.bundle.configMap }}
    configMap: {name: {{ .policy.bundle.configMap }}}
    {{- else if .policy.bundle.secret }}
    secret: {secretName: {{ .policy.bundle.secret }}}
    {{- else if .policy.bundle.persistentVolumeClaim }}
    persistentVolumeClaim: {claimName: {{ .policy.bundle.persistentVolumeClaim }}, readOnly: true}
    {{- else }}
    hostPath: {path: {{ .policy.bundle.hostPath }}, type: Directory}
    {{- end }}
{{- else }}
- name: state
  path: /var/lib/bailiwick
  source:
    emptyDir: {sizeLimit: 256Mi}
{{- end }}
{{- if .policy.kubeconfig.secret }}
- name: management
  path: /etc/bailiwick/management
  source:
    {{- if $static }}
    hostPath: {path: {{ $host }}/management, type: Directory}
    {{- else }}
    secret: {secretName: {{ .policy.kubeconfig.secret }}, items: [{key: {{ .policy.kubeconfig.key }}, path: kubeconfig}]}
    {{- end }}
{{- end }}
{{- if and $static (include "bailiwick.usesAPI" $) }}
- name: host
  path: /etc/bailiwick/host
  source:
    hostPath: {path: {{ $host }}/host, type: Directory}
{{- end }}
{{- end }}
{{- end }}
