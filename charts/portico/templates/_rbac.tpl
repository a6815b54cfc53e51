{{/* ARCHITECTURE.md, "Rights in a cluster", is the law; test/contract/chart.test.ts compares. */}}
{{- define "portico.namespacedRules" -}}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [list, watch]
- apiGroups: ['']
  resources: [services, secrets, configmaps]
  verbs: [list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
- apiGroups: ['']
  resources: [events]
  verbs: [create, get, patch]
{{- end -}}

{{- define "portico.clusterRules" -}}
- apiGroups: [networking.k8s.io]
  resources: [ingressclasses]
  verbs: [list, watch]
{{- if include "portico.namespaceSelector" . }}
- apiGroups: ['']
  resources: [namespaces]
  verbs: [list, watch]
{{- end }}
{{- end -}}

{{/*
Single objects that flags name outside of the one namespace that is served, by namespace and kind. As JSON:
{namespace: {configmaps: [name], secrets: [name], services: [name]}}.
*/}}
{{- define "portico.namedElsewhere" -}}
{{- $args := include "portico.extraArgs" . | fromJson -}}
{{- $scope := include "portico.scopeNamespace" . -}}
{{- $found := dict -}}
{{- range list
  (list "configmaps" (index $args "configmap" | default (include "portico.configMapRef" .)))
  (list "configmaps" (index $args "tcp-services-configmap" | default (include "portico.streamRef" (dict "root" . "transport" "tcp"))))
  (list "configmaps" (index $args "udp-services-configmap" | default (include "portico.streamRef" (dict "root" . "transport" "udp"))))
  (list "secrets" (index $args "default-ssl-certificate"))
  (list "services" (index $args "default-backend-service")) -}}
{{- $kind := first . -}}
{{- with last . -}}
{{- $parts := replace "$(POD_NAMESPACE)" (include "portico.namespace" $) . | splitList "/" -}}
{{- $namespace := first $parts -}}
{{- if ne $namespace $scope -}}
{{- $of := index $found $namespace | default dict -}}
{{- $_ := set $of $kind (append (index $of $kind | default list) (last $parts)) -}}
{{- $_ := set $found $namespace $of -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* A role and its binding: (dict "root" $ "kind" Role|ClusterRole "namespace" namespace "rules" text). */}}
{{- define "portico.boundRole" -}}
{{- range $kind := list .kind (printf "%sBinding" .kind) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ include "portico.fullname" $.root }}
  {{- with $.namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "portico.controllerLabels" $.root | nindent 4 }}
{{- if hasSuffix "Binding" $kind }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $.kind }}
  name: {{ include "portico.fullname" $.root }}
subjects:
  - kind: ServiceAccount
    name: {{ include "portico.serviceAccountName" $.root }}
    namespace: {{ include "portico.namespace" $.root }}
{{- else }}
rules:
  {{- $.rules | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Rights to single objects; endpoints of a named Service are found by label, which no right can name. */}}
{{- define "portico.namedRules" -}}
{{- range $kind, $names := . }}
- apiGroups: ['']
  resources: [{{ $kind }}]
  resourceNames: [{{ join ", " $names }}]
  verbs: [list, watch]
{{- end }}
{{- if .services }}
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
{{- end }}
{{- end -}}
