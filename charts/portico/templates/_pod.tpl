{{/* The Pod, the same for Deployment and DaemonSet. */}}
{{- define "portico.podTemplate" -}}
{{- $controller := .Values.controller -}}
metadata:
  annotations:
    kubectl.kubernetes.io/default-container: nginx
    {{- range $key, $value := $controller.podAnnotations }}
    {{ $key }}: {{ $value | quote }}
    {{- end }}
  labels:
    {{- include "portico.controllerLabels" . | nindent 4 }}
    {{- with $controller.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "portico.serviceAccountName" . }}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ $controller.terminationGracePeriodSeconds }}
  securityContext:
    {{- include "portico.podSecurityContext" . | nindent 4 }}
  {{- include "portico.placement" . | nindent 2 }}
  {{- with $controller.extraInitContainers }}
  initContainers:
    {{- tpl (toYaml .) $ | nindent 4 }}
  {{- end }}
  containers:
    - {{ include "portico.nginxContainer" . | nindent 6 | trim }}
    - {{ include "portico.controllerContainer" . | nindent 6 | trim }}
    {{- with $controller.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "portico.volumes" . | nindent 4 }}
{{- end -}}

{{/* Where the Pod runs and how it finds others. */}}
{{- define "portico.placement" -}}
{{- $controller := .Values.controller -}}
dnsPolicy: {{ $controller.dnsPolicy }}
{{- if $controller.hostNetwork }}
hostNetwork: true
{{- end }}
{{- range $field := list "dnsConfig" "hostname" "priorityClassName" "runtimeClassName" "nodeSelector" "tolerations" }}
{{- with index $controller $field }}
{{ dict $field . | toYaml }}
{{- end }}
{{- end }}
{{- range $field := list "hostAliases" "affinity" "topologySpreadConstraints" }}
{{- with index $controller $field }}
{{ tpl (dict $field . | toYaml) $ }}
{{- end }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "portico.volumes" -}}
- name: desired
  emptyDir: { medium: Memory, sizeLimit: {{ .Values.controlPlane.desiredSizeLimit }} }
- name: report
  emptyDir: { medium: Memory, sizeLimit: 8Mi }
- name: run
  emptyDir: { sizeLimit: {{ .Values.controller.runSizeLimit }} }
- name: temp
  emptyDir: { sizeLimit: {{ .Values.controller.tempSizeLimit }} }
- name: controller
  emptyDir: { sizeLimit: 256Mi }
- name: token
  projected:
    sources:
      - serviceAccountToken: { path: token, expirationSeconds: 3607 }
      - configMap: { name: kube-root-ca.crt, items: [{ key: ca.crt, path: ca.crt }] }
      - downwardAPI: { items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }] }
{{- with .Values.controller.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
