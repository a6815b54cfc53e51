{{/* The container that serves traffic; it has no rights in the cluster. */}}
{{- define "portico.nginxContainer" -}}
{{- $controller := .Values.controller -}}
name: nginx
image: {{ include "portico.image" (dict "image" $controller.image "own" "portico/nginx" "root" $) }}
imagePullPolicy: {{ $controller.image.pullPolicy }}
args:
  {{- include "portico.agentArgs" . | nindent 2 }}
securityContext:
  {{- include "portico.containerSecurityContext" (dict "values" $controller "bindsByCapability" (eq (include "portico.bindsByCapability" .) "true")) | nindent 2 }}
env:
  - name: SHUTDOWN_GRACE_PERIOD
    value: {{ index (include "portico.extraArgs" . | fromJson) "shutdown-grace-period" | default $controller.shutdownGracePeriodSeconds | quote }}
  {{- if include "portico.bindsByCapability" . }}
  - name: NGINX_BINARY
    value: /opt/portico/nginx-low-ports
  {{- end }}
  {{- with $controller.extraEnvs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  {{- include "portico.containerPorts" . | trim | nindent 2 }}
readinessProbe:
  httpGet: { path: /healthz, port: status }
  {{- omit $controller.readinessProbe "httpGet" | toYaml | nindent 2 }}
livenessProbe:
  httpGet: { path: /livez, port: status }
  {{- omit $controller.livenessProbe "httpGet" | toYaml | nindent 2 }}
{{- with $controller.startupProbe }}
startupProbe:
  httpGet: { path: /livez, port: status }
  {{- omit . "httpGet" | toYaml | nindent 2 }}
{{- end }}
{{- if ne (dig "preStop" "exec" "command" (list "") $controller.lifecycle | first) "/wait-shutdown" }}
{{- with $controller.lifecycle }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
resources:
  {{- toYaml $controller.resources | nindent 2 }}
{{- with $controller.resizePolicy }}
resizePolicy:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - { name: desired, mountPath: /run/portico/desired, readOnly: true }
  - { name: report, mountPath: /run/portico/report }
  - { name: run, mountPath: /run/portico/run }
  - { name: temp, mountPath: /run/portico/run/temp }
  {{- with $controller.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* "true" where controller.config asks for HTTP/3, which is UDP at the HTTPS port. */}}
{{- define "portico.servesHttp3" -}}
{{- if eq (index .Values.controller.config "enable-http3" | toString) "true" }}true{{ end -}}
{{- end -}}

{{- define "portico.containerPorts" -}}
{{- $controller := .Values.controller -}}
{{- $ports := include "portico.ports" . | fromJson -}}
{{- range $name, $port := merge (pick $ports "http" "https") $controller.containerPort }}
- name: {{ $name }}
  containerPort: {{ $port }}
  protocol: TCP
  {{- if $controller.hostPort.enabled }}
  hostPort: {{ index $controller.hostPort.ports $name | default $port }}
  {{- end }}
{{- end }}
{{- range include "portico.streamPorts" . | fromJsonArray }}
- name: {{ .name }}
  containerPort: {{ .port }}
  protocol: {{ .protocol }}
  {{- if $controller.hostPort.enabled }}
  hostPort: {{ .port }}
  {{- end }}
{{- end }}
{{- if include "portico.servesHttp3" . }}
- name: http3
  containerPort: {{ $ports.https }}
  protocol: UDP
  {{- if $controller.hostPort.enabled }}
  hostPort: {{ $controller.hostPort.ports.https | default $ports.https }}
  {{- end }}
{{- end }}
- name: status
  containerPort: {{ $ports.status }}
  protocol: TCP
{{- end -}}

{{/* The container that plans; it alone has the token. */}}
{{- define "portico.controllerContainer" -}}
{{- $plane := .Values.controlPlane -}}
name: controller
image: {{ include "portico.image" (dict "image" $plane.image "own" "portico/controller" "root" $) }}
imagePullPolicy: {{ $plane.image.pullPolicy }}
args:
  {{- include "portico.controllerArgs" . | trim | nindent 2 }}
securityContext:
  {{- include "portico.containerSecurityContext" (dict "values" $plane "bindsByCapability" false) | nindent 2 }}
env:
  - name: POD_NAME
    valueFrom: { fieldRef: { fieldPath: metadata.name } }
  - name: POD_NAMESPACE
    valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
  - name: TERMINATION_LIMIT
    value: {{ sub .Values.controller.terminationGracePeriodSeconds 5 | max 1 | quote }}
  {{- with $plane.extraEnvs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  - name: {{ .Values.controller.metrics.portName }}
    containerPort: {{ (include "portico.ports" . | fromJson).health }}
    protocol: TCP
livenessProbe:
  httpGet: { path: {{ include "portico.healthPath" . }}, port: {{ .Values.controller.metrics.portName }} }
  {{- omit $plane.livenessProbe "httpGet" | toYaml | nindent 2 }}
resources:
  {{- toYaml $plane.resources | nindent 2 }}
volumeMounts:
  - { name: desired, mountPath: /run/portico/desired }
  - { name: report, mountPath: /run/portico/report, readOnly: true }
  - { name: controller, mountPath: /run/portico/controller }
  - { name: token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true }
  {{- with $plane.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
