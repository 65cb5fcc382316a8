{{/* Labels of every object. */}}
{{- define "harvester-rbac.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/*
The rules that the values add to a role: the list under additionalRules, or the list that stands in the place of the
map, as Harvester's documentation has it. Every level may be missing or null.
*/}}
{{- define "harvester-rbac.additionalRules" -}}
{{- $scope := get .Values (printf "%sRole" .role.context) | default dict }}
{{- $value := get $scope .role.values | default dict }}
{{- if kindIs "map" $value }}{{ $value = get $value "additionalRules" }}{{ end }}
{{- $value | default list | toYaml }}
{{- end }}

{{/*
RoleTemplates are cluster-wide, so of two releases with the same names, such as this and Harvester's own chart, Helm
refuses the second. This says so before anything is written, and what to do. Outside a cluster nothing is looked up.
*/}}
{{- define "harvester-rbac.refuseTaken" -}}
{{- if .Capabilities.APIVersions.Has "management.cattle.io/v3/RoleTemplate" }}
{{- with lookup "management.cattle.io/v3" "RoleTemplate" "" .role.name }}
{{- $annotations := .metadata.annotations | default dict }}
{{- $name := get $annotations "meta.helm.sh/release-name" }}
{{- $namespace := get $annotations "meta.helm.sh/release-namespace" }}
{{- if or (ne $name $.Release.Name) (ne $namespace $.Release.Namespace) }}
{{- fail (include "harvester-rbac.taken" (dict "template" .metadata.name "name" $name "namespace" $namespace "Release" $.Release)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "harvester-rbac.taken" }}
RoleTemplate {{ .template | quote }} is there already and belongs to {{ if .name }}the release {{ .name | quote }} in namespace {{ .namespace | quote }}{{ else }}no release{{ end }}.
To hand all four roles over to this release, without anybody losing them in between, run this and install again:
  roles="virt-cluster-manage virt-view-cluster virt-project-manage virt-project-view"
  kubectl annotate roletemplates.management.cattle.io $roles --overwrite meta.helm.sh/release-name={{ .Release.Name }} meta.helm.sh/release-namespace={{ .Release.Namespace }}
  kubectl label roletemplates.management.cattle.io $roles --overwrite app.kubernetes.io/managed-by=Helm
{{- if .name }}
  kubectl delete secrets --namespace {{ .namespace }} --selector owner=helm,name={{ .name }}
The last line makes Helm forget the other release; do not uninstall it instead, that would delete the roles.
{{- end }}
Helm 4 needs --force-conflicts from then on, because others wrote what it is to change.
Or remove what is there first; members who have these roles are without them until they are installed again.
{{- end }}
