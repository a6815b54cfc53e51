{{/* Flags of the user; controlPlane.extraArgs wins. As JSON. */}}
{{- define "portico.extraArgs" -}}
{{- $args := dict -}}
{{- range list .Values.controller.extraArgs .Values.controlPlane.extraArgs -}}
{{- range $flag, $value := . }}{{ $_ := set $args $flag $value }}{{ end -}}
{{- end -}}
{{- toJson $args -}}
{{- end -}}

{{/* What both containers and the Service must agree on, whether flags or values say it. As JSON. */}}
{{- define "portico.ports" -}}
{{- $args := include "portico.extraArgs" . | fromJson -}}
{{- $ports := dict
  "http" (index $args "http-port" | default .Values.controller.containerPort.http | int)
  "https" (index $args "https-port" | default .Values.controller.containerPort.https | int)
  "status" (index $args "status-port" | default .Values.controller.statusPort | int)
  "health" (index $args "healthz-port" | default .Values.controller.metrics.port | int)
-}}
{{- toJson $ports -}}
{{- end -}}

{{- define "portico.scopeNamespace" -}}
{{- default (include "portico.namespace" .) .Values.controller.scope.namespace | replace "$(POD_NAMESPACE)" (include "portico.namespace" .) -}}
{{- end -}}

{{- define "portico.configMapRef" -}}
{{- default (include "portico.namespace" .) .Values.controller.configMapNamespace }}/{{ include "portico.controllerName" . -}}
{{- end -}}

{{/* Where the control plane answers for its health. */}}
{{- define "portico.healthPath" -}}
{{- index (include "portico.extraArgs" . | fromJson) "health-check-path" | default .Values.controller.healthCheckPath -}}
{{- end -}}

{{/* The labels of namespaces that are served, where labels decide. */}}
{{- define "portico.namespaceSelector" -}}
{{- $flag := index (include "portico.extraArgs" . | fromJson) "watch-namespace-selector" -}}
{{- $selector := default .Values.controller.scope.namespaceSelector $flag -}}
{{- if and $selector .Values.controller.scope.enabled -}}
{{- fail "controller.scope.enabled and a selector of namespaces exclude each other: keep one" -}}
{{- end -}}
{{- $selector -}}
{{- end -}}

{{/* The ConfigMap of TCP or UDP ports: (dict "root" $ "transport" tcp|udp). Nothing where there are no such ports. */}}
{{- define "portico.streamRef" -}}
{{- if index .root.Values .transport -}}
{{- default (include "portico.namespace" .root) (index .root.Values.controller .transport).configMapNamespace }}/{{ include "portico.fullname" .root }}-{{ .transport -}}
{{- end -}}
{{- end -}}

{{/* TCP and UDP ports with the names that they have in the Pod and in Services. As a JSON list. */}}
{{- define "portico.streamPorts" -}}
{{- $ports := list -}}
{{- range $transport := list "tcp" "udp" -}}
{{- range $port := keys (index $.Values $transport) | sortAlpha -}}
{{- $name := printf "%s-%s" $port $transport -}}
{{- with $.Values.portNamePrefix }}{{ $name = printf "%s-%s" . $name }}{{ end -}}
{{- $ports = append $ports (dict "name" $name "port" $port "transport" $transport "protocol" (upper $transport)) -}}
{{- end -}}
{{- end -}}
{{- toJson $ports -}}
{{- end -}}

{{/* Flags of the control plane. */}}
{{- define "portico.controllerArgs" -}}
{{- $ports := include "portico.ports" . | fromJson -}}
{{- $controller := .Values.controller -}}
{{- $args := dict
  "configmap" (include "portico.configMapRef" .)
  "controller-class" $controller.ingressClassResource.controllerValue
  "http-port" $ports.http
  "https-port" $ports.https
  "healthz-port" $ports.health
  "status-port" $ports.status
-}}
{{- with $controller.ingressClass }}{{ $_ := set $args "ingress-class" . }}{{ end -}}
{{- if $controller.ingressClassByName }}{{ $_ := set $args "ingress-class-by-name" true }}{{ end -}}
{{- if $controller.watchIngressWithoutClass }}{{ $_ := set $args "watch-ingress-without-class" true }}{{ end -}}
{{- if $controller.scope.enabled }}{{ $_ := set $args "watch-namespace" (include "portico.scopeNamespace" .) }}{{ end -}}
{{- with include "portico.namespaceSelector" . }}{{ $_ := set $args "watch-namespace-selector" . }}{{ end -}}
{{- with include "portico.healthPath" . }}{{ if ne . "/healthz" }}{{ $_ := set $args "health-check-path" . }}{{ end }}{{ end -}}
{{- range $transport := list "tcp" "udp" -}}
{{- with include "portico.streamRef" (dict "root" $ "transport" $transport) }}{{ $_ := set $args (printf "%s-services-configmap" $transport) . }}{{ end -}}
{{- end -}}
{{- range $flag, $value := omit (include "portico.extraArgs" . | fromJson) "status-port" "shutdown-grace-period" }}{{ $_ := set $args $flag $value }}{{ end -}}
{{- range $flag, $value := $args }}
- --{{ $flag }}{{ if ne (toString $value) "" }}={{ $value }}{{ end }}
{{- end }}
{{- end -}}

{{/* Flags of the agent. */}}
{{- define "portico.agentArgs" -}}
{{- $ports := include "portico.ports" . | fromJson -}}
- --http-port={{ $ports.http }}
- --https-port={{ $ports.https }}
- --status-port={{ $ports.status }}
{{- end -}}
