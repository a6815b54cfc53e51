{{/* Stops where something is given that must not be ignored. */}}
{{- define "portico.refuse" -}}
{{- range $path, $reason := (.Files.Get "ignored-values.yaml" | fromYaml).refused -}}
{{- with include "portico.valueAt" (dict "values" $.Values "path" $path) | fromJson -}}
{{- if .value }}{{ fail (printf "%s: %s" $path $reason) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What stands at a path of the values: {"value": it} as JSON, or {} where nothing does. */}}
{{- define "portico.valueAt" -}}
{{- $found := dict "value" .values -}}
{{- range splitList "." .path -}}
{{- $at := $found.value -}}
{{- $found = ternary (dict "value" nil) dict (and (kindIs "map" $at) (hasKey ($at | default dict) .)) -}}
{{- if hasKey $found "value" }}{{ $_ := set $found "value" (index $at .) }}{{ end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* One line for each value that is given and not used; nothing for one that has ingress-nginx's default. */}}
{{- define "portico.unused" -}}
{{- $known := dict -}}
{{- range .Files.Get "used-values.yaml" | fromYamlArray }}{{ $_ := set $known . true }}{{ end -}}
{{- $ignored := dict -}}
{{- range $group := (.Files.Get "ignored-values.yaml" | fromYaml).values -}}
{{- range $path, $default := $group.defaults }}{{ $_ := set $ignored $path (dict "default" $default "reason" $group.reason) }}{{ end -}}
{{- end -}}
{{- $walk := dict "known" $known "ignored" $ignored "lines" list -}}
{{- include "portico.walk" (dict "values" .Values "path" "" "walk" $walk) -}}
{{- range list .Values.controller.image .Values.controlPlane.image -}}
{{- if include "portico.foreignImage" . -}}
{{- $_ := set $walk "lines" (append $walk.lines (printf "image %s:%s: It is an image of ingress-nginx; the chart's own is used." .image .tag)) -}}
{{- end -}}
{{- end -}}
{{- join "\n" $walk.lines -}}
{{- end -}}

{{/* Adds lines for what stands in .values at .path to .walk.lines. */}}
{{- define "portico.walk" -}}
{{- range $key := keys .values | sortAlpha -}}
{{- $value := index $.values $key -}}
{{- $path := ternary $key (printf "%s.%s" $.path $key) (eq $.path "") -}}
{{- if hasKey $.walk.ignored $path -}}
{{- $entry := index $.walk.ignored $path -}}
{{- if ne (toJson $value) (toJson $entry.default) }}{{ $_ := set $.walk "lines" (append $.walk.lines (printf "%s: %s" $path $entry.reason)) }}{{ end -}}
{{- else if not (hasKey $.walk.known $path) -}}
{{- if and (kindIs "map" $value) $value -}}
{{- include "portico.walk" (dict "values" $value "path" $path "walk" $.walk) -}}
{{- else if $value -}}
{{- $_ := set $.walk "lines" (append $.walk.lines (printf "%s: This chart has no such value." $path)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
