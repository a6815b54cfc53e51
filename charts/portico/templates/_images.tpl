{{/* The registry of ingress-nginx holds none of our images: where an old values file names it, ours comes in its place. */}}
{{- define "portico.registry" -}}
{{- $named := without (list .image.registry .root.Values.global.image.registry) "" "registry.k8s.io" nil -}}
{{- default "docker.io" (first $named) -}}
{{- end -}}

{{/*
An old values file may pin the image of ingress-nginx, which cannot run here. It is known by its name, or by its tag:
theirs begin with a v, ours never do.
*/}}
{{- define "portico.foreignImage" -}}
{{- $path := printf "%v/%v" .repository .image -}}
{{- if or (contains "ingress-nginx/controller" $path) (regexMatch "^v[0-9]" (toString .tag)) }}true{{ end -}}
{{- end -}}

{{/* The image of a container: (dict "image" its-values "own" path "root" $). */}}
{{- define "portico.image" -}}
{{- $given := .image -}}
{{- $registry := include "portico.registry" . -}}
{{- if include "portico.foreignImage" $given -}}
{{- printf "%s/%s:%s" $registry .own .root.Chart.AppVersion -}}
{{- else -}}
{{- $path := default (printf "%s/%s" $registry $given.image) $given.repository -}}
{{- $digest := ternary (printf "@%s" $given.digest) "" (not (empty $given.digest)) -}}
{{- printf "%s:%s%s" $path (default .root.Chart.AppVersion $given.tag) $digest -}}
{{- end -}}
{{- end -}}
