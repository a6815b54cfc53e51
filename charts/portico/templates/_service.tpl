{{/* A Service for traffic: (dict "root" $ "name" name "service" its-values "type" type "labels" labels). */}}
{{- define "portico.trafficService" -}}
{{- $service := .service -}}
{{- $all := .root.Values.controller.service -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ include "portico.namespace" .root }}
  labels:
    {{- include "portico.labels" .root | nindent 4 }}
    {{- range list $all.labels .labels }}
    {{- with . }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- end }}
  {{- with $service.annotations }}
  annotations:
    {{- range $key, $value := . }}
    {{ $key }}: {{ tpl (toString $value) $.root | quote }}
    {{- end }}
  {{- end }}
spec:
  type: {{ .type }}
  {{- include "portico.serviceFields" $service | nindent 2 }}
  ports:
  {{- range $name := list "http" "https" }}
  {{- if index $all (printf "enable%s" (title $name)) }}
    - name: {{ $name }}
      port: {{ index $service.ports $name | default (index $all.ports $name) }}
      protocol: TCP
      targetPort: {{ index $service.targetPorts $name | default (index $all.targetPorts $name) }}
      {{- if $service.appProtocol }}
      appProtocol: {{ $name }}
      {{- end }}
      {{- with index $service.nodePorts $name }}
      {{- if has $.type (list "NodePort" "LoadBalancer") }}
      nodePort: {{ . }}
      {{- end }}
      {{- end }}
  {{- end }}
  {{- end }}
  {{- range include "portico.streamPorts" .root | fromJsonArray }}
    - name: {{ .name }}
      port: {{ .port }}
      protocol: {{ .protocol }}
      targetPort: {{ .name }}
      {{- with index (index $service.nodePorts .transport | default dict) .port }}
      {{- if has $.type (list "NodePort" "LoadBalancer") }}
      nodePort: {{ . }}
      {{- end }}
      {{- end }}
  {{- end }}
  {{- if and $all.enableHttps (include "portico.servesHttp3" .root) }}
    - name: http3
      port: {{ $service.ports.https | default $all.ports.https }}
      protocol: UDP
      targetPort: http3
  {{- end }}
  selector:
    {{- include "portico.selectorLabels" .root | nindent 4 }}
{{- end -}}

{{/* Fields of a Service that are given to it as they stand in the values. */}}
{{- define "portico.serviceFields" -}}
{{- $fields := dict -}}
{{- range $field := list
  "clusterIP" "clusterIPs" "externalIPs" "loadBalancerIP" "loadBalancerSourceRanges" "loadBalancerClass"
  "externalTrafficPolicy" "sessionAffinity" "healthCheckNodePort" "trafficDistribution" "ipFamilyPolicy" "ipFamilies" -}}
{{- with index $ $field }}{{ $_ := set $fields $field . }}{{ end -}}
{{- end -}}
{{- if hasKey . "allocateLoadBalancerNodePorts" }}{{ $_ := set $fields "allocateLoadBalancerNodePorts" .allocateLoadBalancerNodePorts }}{{ end -}}
{{- with $fields }}{{ toYaml . }}{{ end -}}
{{- end -}}
