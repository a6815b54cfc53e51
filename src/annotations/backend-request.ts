import type { VariableName } from '../nginx/expression.ts';
import { readParts, variableIf } from '../nginx/text-parts.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { routeExpression, routeName, type RoutePart } from './route-text.ts';
import { oneOf, type ValueType } from './value-types.ts';

/** Text about a route; `text` is what was written. */
interface HostPattern {
  readonly text: string;
  readonly parts: readonly RoutePart[];
}

const isVariable = (name: string): name is VariableName => /^(host|best_http_host|http_[a-z0-9_]{1,60})$/.test(name);

const hostPattern: ValueType<HostPattern> = {
  label:
    'a host name; it may contain $host, $http_NAME, $best_http_host, $namespace, $ingress_name, $service_name and $service_port',
  examples: ['internal.example', '$service_name.$namespace.svc'],
  format: (value) => value.text,
  parse: (text) => {
    const parts = readParts(text, {
      literal: /^[A-Za-z0-9.:_[\]-]+$/,
      variable: (name) => routeName(name) ?? variableIf(isVariable)(name),
    });
    return parts.ok && text !== '' ? ok({ text, parts: parts.value }) : fail(hostPattern.label);
  },
};

const common = { scope: 'location', risk: 'Low', onInvalid: 'default' } as const;

/** How NGINX asks the backend: host, connection and version of HTTP. */
export const backendRequest = defineFamily({
  name: 'backend-request',
  summary: 'Host, connection and HTTP version of requests to the backend.',
  keys: {
    'upstream-vhost': {
      ...common,
      type: hostPattern,
      source: 'annotation',
      compat: 'stricter',
      doc: 'Host header toward the backend; X-Forwarded-Host keeps what the client asked for. Other variables of NGINX are refused.',
    },
    'connection-proxy-header': {
      ...common,
      type: oneOf(['close', 'keep-alive']),
      source: 'annotation',
      compat: 'same',
      doc: 'Connection header toward the backend. WebSockets stop working, because it replaces Connection: upgrade.',
    },
    'proxy-http-version': {
      ...common,
      type: oneOf(['1.0', '1.1']),
      default: '1.1',
      source: 'both',
      compat: 'same',
      doc: 'Version of HTTP toward the backend; gRPC always speaks HTTP/2.',
    },
  },
  emitHttp(settings, http) {
    http.add('proxy_http_version', settings['proxy-http-version']);
  },
  emitLocation(settings, location, route) {
    const { 'upstream-vhost': host, 'connection-proxy-header': connection } = settings;
    if (host !== undefined) location.setBackendHeader('Host', routeExpression(host.parts, route.names));
    if (connection !== undefined) location.setBackendHeader('Connection', connection);
    if (route.written.has('proxy-http-version')) location.add('proxy_http_version', settings['proxy-http-version']);
  },
});
