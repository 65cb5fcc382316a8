{{- define "bailiwick.name" -}}
{{- contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) | trunc 50 | trimSuffix "-" }}
{{- end }}

{{/* By which pods are found; it never changes. */}}
{{- define "bailiwick.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "bailiwick.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{ include "bailiwick.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "bailiwick.metadata" -}}
name: {{ include "bailiwick.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "bailiwick.labels" . | nindent 2 }}
{{- end }}

{{- define "bailiwick.image" -}}
{{- $registry := .Values.image.registry }}
{{- with .Values.global }}{{ with .cattle }}{{ with .systemDefaultRegistry }}{{ $registry = . }}{{ end }}{{ end }}{{ end }}
{{- with $registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}
{{- with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* "true" where kube-apiserver reaches the server at its own host. */}}
{{- define "bailiwick.onHost" -}}
{{- if ne .Values.run "deployment" }}true{{ end }}
{{- end }}

{{/* "true" when the server makes its own certificate, and so knows the CA with which it registers webhooks. */}}
{{- define "bailiwick.selfSigned" -}}
{{- if eq .Values.certificates.source "selfSigned" }}true{{ end }}
{{- end }}

{{/* "true" when the policy is a bundle. The server then reads nothing from any cluster. */}}
{{- define "bailiwick.bundle" -}}
{{- if values .Values.policy.bundle | join "" }}true{{ end }}
{{- end }}

{{/* "true" when the server talks to the API server of its cluster. */}}
{{- define "bailiwick.usesAPI" -}}
{{- if or (include "bailiwick.selfSigned" .) (not (include "bailiwick.bundle" .)) }}true{{ end }}
{{- end }}

{{/* The guards that are on, as {modes: {name: mode}}: of a guard that no value names, guardMode counts in its chart modes. */}}
{{- define "bailiwick.guards" -}}
{{- $modes := dict }}
{{- range (.Files.Get "files/guards.yaml" | fromYaml).guards }}
{{- $mode := get $.Values.guards .name | toString }}
{{- if eq $mode "" }}{{ $mode = has $.Values.mode .in | ternary $.Values.guardMode "off" | toString }}{{ end }}
{{- if not (has $mode (list "off" "false")) }}{{ $_ := set $modes .name $mode }}{{ end }}
{{- end }}
{{- dict "modes" $modes | toYaml }}
{{- end }}

{{/* The namespaces that are kept: those of every cluster, and those of the values. */}}
{{- define "bailiwick.protected" -}}
{{- concat (.Files.Get "files/guards.yaml" | fromYaml).protectedNamespaces (.Values.config.protectedNamespaces | default list) | sortAlpha | uniq | toJson }}
{{- end }}

{{/* Texts as CEL has them in a list. */}}
{{- define "bailiwick.quoted" -}}
{{- $quoted := list }}{{ range . }}{{ $quoted = append $quoted (quote .) }}{{ end }}{{ sortAlpha $quoted | uniq | join ", " }}
{{- end }}

{{/* Conditions of the generated files for these values. The one named "glass" is for groups that break it. */}}
{{- define "bailiwick.conditions" -}}
{{- $root := .root }}{{ $conditions := list }}
{{- $protected := include "bailiwick.protected" $root | fromJsonArray }}
{{- $groups := $root.Values.config.breakGlassGroups | default list }}
{{- range .conditions }}
{{- $expression := .expression | replace "@protected@" (include "bailiwick.quoted" $protected) | replace "\"@groups@\"" (include "bailiwick.quoted" $groups) }}
{{- if or (ne .name "glass") $groups }}{{ $conditions = append $conditions (dict "name" .name "expression" $expression) }}{{ end }}
{{- end }}
{{- toYaml $conditions }}
{{- end }}
{{/* Metadata of an object that is there only while a hook runs. */}}
{{- define "bailiwick.hook" -}}
name: {{ .name }}
{{- if .namespaced }}
namespace: {{ .root.Release.Namespace }}
{{- end }}
labels:
  {{- include "bailiwick.labels" .root | nindent 2 }}
annotations:
  helm.sh/hook: {{ .hook }}
  helm.sh/hook-weight: {{ .weight | quote }}
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
