{{/* The configuration of the server. What the chart decides itself is none of values.config: see values.schema.json. */}}
{{- define "bailiwick.config" -}}
{{- $guards := (include "bailiwick.guards" . | fromYaml).modes }}
{{- $c := dict "apiVersion" "bailiwick.dev/v1alpha1" "kind" "ServerConfiguration" }}
{{- $modes := merge dict .Values.checks }}
{{- range $name, $mode := $guards }}{{ if ne $mode "enforce" }}{{ $_ := set $modes $name $mode }}{{ end }}{{ end }}
{{- with $modes }}{{ $_ := set $c "mode" . }}{{ end }}
{{- with .Values.cluster.name }}{{ $_ := set $c "cluster" . }}{{ end }}
{{- with .Values.cluster.labels }}{{ $_ := set $c "clusterLabels" . }}{{ end }}
{{- include "bailiwick.config.source" (list . $c) }}
{{- include "bailiwick.config.certificates" (list . $c $guards) }}
{{- include "bailiwick.config.clients" (list . $c) }}
{{- $host := eq .Values.run "deployment" | ternary "" "127.0.0.1" }}
{{- $_ := set $c "listen" (printf "%s:%v" $host .Values.ports.webhooks) }}
{{- /* On a host its address is not known here: the flag says it. */}}
{{- if not $host }}{{ $_ := set $c "metricsListen" (printf ":%v" .Values.ports.metrics) }}{{ end }}
{{- merge $c .Values.config | toYaml }}
{{- end }}

{{- define "bailiwick.config.source" -}}
{{- $root := index . 0 }}{{ $c := index . 1 }}
{{- if include "bailiwick.bundle" $root }}
{{- $_ := set $c "policyDir" "/etc/bailiwick/policy" }}
{{- else }}
{{- if eq $root.Values.run "staticPod" }}{{ $_ := set $c "kubeconfig" "/etc/bailiwick/host/kubeconfig" }}{{ else }}{{ $_ := set $c "inCluster" true }}{{ end }}
{{- $_ := set $c "stateDir" "/var/lib/bailiwick" }}
{{- if $root.Values.policy.kubeconfig.secret }}{{ $_ := set $c "policyKubeconfig" "/etc/bailiwick/management/kubeconfig" }}{{ end }}
{{- end }}
{{- end }}

{{- define "bailiwick.config.certificates" -}}
{{- $root := index . 0 }}{{ $c := index . 1 }}{{ $guards := index . 2 }}
{{- if include "bailiwick.selfSigned" $root }}
{{- $service := printf "%s/%s" $root.Release.Namespace (include "bailiwick.name" $root) }}
{{- $_ := set $c "certSecret" (printf "%s-serving" $service) }}
{{- $names := prepend $root.Values.certificates.names (printf "%s.%s.svc" (include "bailiwick.name" $root) $root.Release.Namespace) }}
{{- with $root.Values.service.clusterIP }}{{ $names = append $names . }}{{ end }}
{{- $_ := set $c "certNames" $names }}
{{- if $guards }}
{{- $_ := set $c "register" (eq $root.Values.run "deployment" | ternary $service (printf "https://127.0.0.1:%v" $root.Values.ports.webhooks)) }}
{{- $_ := set $c "registerGuards" (keys $guards | sortAlpha) }}
{{- end }}
{{- else }}
{{- $_ := set $c "certDir" "/etc/bailiwick/tls" }}
{{- end }}
{{- end }}

{{- define "bailiwick.config.clients" -}}
{{- $root := index . 0 }}{{ $c := index . 1 }}
{{- with $root.Values.clients }}
{{- if .anybody }}
{{- $_ := set $c "insecureNoClientAuth" true }}
{{- else }}
{{- $_ := set $c "clientCA" "/etc/bailiwick/clients/ca.crt" }}
{{- with .names }}{{ $_ := set $c "clientNames" . }}{{ end }}
{{- if not .admission }}{{ $_ := set $c "insecureAdmission" true }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
