{{/* Flags of the user, without those that only ingress-nginx knows; controlPlane.extraArgs wins. As JSON. */}}
{{- define "portico.extraArgs" -}}
{{- $ignored := include "portico.ignoredFlags" . | fromJson -}}
{{- $args := dict -}}
{{- range list .Values.controller.extraArgs .Values.controlPlane.extraArgs -}}
{{- range $flag, $value := . -}}
{{- if not (hasKey $ignored $flag) -}}{{- $_ := set $args $flag $value -}}{{- end -}}
{{- end -}}
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
-}}
{{- with $controller.ingressClass }}{{ $_ := set $args "ingress-class" . }}{{ end -}}
{{- if $controller.ingressClassByName }}{{ $_ := set $args "ingress-class-by-name" true }}{{ end -}}
{{- if $controller.watchIngressWithoutClass }}{{ $_ := set $args "watch-ingress-without-class" true }}{{ end -}}
{{- if $controller.scope.enabled }}{{ $_ := set $args "watch-namespace" (include "portico.scopeNamespace" .) }}{{ end -}}
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
