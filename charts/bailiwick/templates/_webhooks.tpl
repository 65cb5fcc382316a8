{{/*
The webhooks of the guards that are on, as {mutating: […], validating: […]}. files/guards.yaml has them as they are for a
Service, and leaves open what the values say.
*/}}
{{- define "bailiwick.webhooks" -}}
{{- $on := (include "bailiwick.guards" . | fromYaml).modes }}
{{- $webhooks := dict "mutating" list "validating" list }}
{{- range $guard := (.Files.Get "files/guards.yaml" | fromYaml).guards }}
{{- if hasKey $on .name }}
{{- range $kind := list "mutating" "validating" }}
{{- range index $guard $kind }}
{{- $_ := set $webhooks $kind (append (get $webhooks $kind) (include "bailiwick.webhook" (dict "root" $ "webhook" .) | fromYaml)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $webhooks }}
{{- end }}

{{- define "bailiwick.webhook" -}}
{{- $root := .root }}{{ $webhook := .webhook }}
{{- $path := $webhook.path }}{{ $_ := unset $webhook "path" }}
{{- $client := dict "service" (dict "namespace" $root.Release.Namespace "name" (include "bailiwick.name" $root) "path" $path "port" 443) }}
{{- if include "bailiwick.onHost" $root }}{{ $client = dict "url" (printf "https://127.0.0.1:%v%s" $root.Values.ports.webhooks $path) }}{{ end }}
{{- if eq $root.Values.certificates.source "files" }}{{ $_ := set $client "caBundle" (b64enc $root.Values.certificates.files.ca) }}{{ end }}
{{- $_ := set $webhook "clientConfig" $client }}
{{- with $webhook.matchConditions }}
{{- $_ := set $webhook "matchConditions" (include "bailiwick.conditions" (dict "root" $root "conditions" .) | fromYamlArray) }}
{{- end }}
{{- with $webhook.namespaceSelector }}
{{- $values := (first .matchExpressions) }}
{{- if eq (first $values.values) "@protected@" }}
{{- $_ := set $values "values" (include "bailiwick.protected" $root | fromJsonArray) }}
{{- else if ne (first $values.values) "@namespace@" }}
{{- else if include "bailiwick.onHost" $root }}
{{- $_ := unset $webhook "namespaceSelector" }}
{{- else }}
{{- $_ := set $values "values" (list $root.Release.Namespace) }}
{{- end }}
{{- end }}
{{- toYaml $webhook }}
{{- end }}
