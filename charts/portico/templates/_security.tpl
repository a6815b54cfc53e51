{{/*
In a Pod with a network of its own NGINX may bind low ports by a safe sysctl. The kubelet refuses that sysctl with
hostNetwork; there a low port takes the capability, which a program without root gets from its file, if privileges may
grow. It is a second copy of NGINX that has it: a file with a capability that the container is not allowed does not start.
*/}}
{{- define "portico.bindsByCapability" -}}
{{- $ports := include "portico.ports" . | fromJson -}}
{{- $lowest := min $ports.http $ports.https | int -}}
{{- range include "portico.streamPorts" . | fromJsonArray }}{{ $lowest = min $lowest (int .port) | int }}{{ end -}}
{{- if and .Values.controller.hostNetwork (lt $lowest 1024) }}true{{ end -}}
{{- end -}}

{{- define "portico.podSecurityContext" -}}
{{- $sysctls := deepCopy .Values.controller.sysctls -}}
{{- if not .Values.controller.hostNetwork -}}
{{- $sysctls = merge $sysctls (dict "net.ipv4.ip_unprivileged_port_start" "0") -}}
{{- end -}}
{{ toYaml .Values.controller.podSecurityContext }}
{{- with $sysctls }}
sysctls:
  {{- range $name, $value := . }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Of a container: (dict "values" its-values "bindsByCapability" bool). */}}
{{- define "portico.containerSecurityContext" -}}
{{- if .values.containerSecurityContext -}}
{{ toYaml .values.containerSecurityContext }}
{{- else -}}
{{- with .values.image -}}
runAsNonRoot: {{ .runAsNonRoot }}
runAsUser: {{ .runAsUser }}
runAsGroup: {{ .runAsGroup }}
allowPrivilegeEscalation: {{ or .allowPrivilegeEscalation $.bindsByCapability }}
readOnlyRootFilesystem: {{ .readOnlyRootFilesystem }}
{{- with .seccompProfile }}
seccompProfile:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
capabilities:
  drop: [ALL]
  {{- if .bindsByCapability }}
  add: [NET_BIND_SERVICE]
  {{- end }}
{{- end -}}
{{- end -}}
