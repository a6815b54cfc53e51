import { expr, type Complex, type Expression } from '../nginx/expression.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { requestText, requestVariables } from './request-text.ts';
import { targetUrl } from './target-url.ts';
import { onOff, type ValueType } from './value-types.ts';

/** What a Host header may say; `text` is what was written. */
interface HostHeader {
  readonly text: string;
  readonly value: Complex;
}

const hostHeader: ValueType<HostHeader> = {
  label: `a host, with a port or without one, of letters, digits and . - _ : and ${requestVariables}`,
  examples: ['mirror.example.com', '$host'],
  format: ({ text }) => text,
  parse: (text) => {
    const value = requestText(text, /^[A-Za-z0-9._:-]+$/);
    return value === undefined || text === '' ? fail(hostHeader.label) : ok({ text, value });
  },
};

const partsOf = (value: Complex): Expression['parts'] => (typeof value === 'string' ? [value] : value.parts);

const common = { source: 'annotation', scope: 'location', onInvalid: 'default' } as const;

/** Who gets a copy of every request. */
export const mirror = defineFamily({
  name: 'mirror',
  summary: 'Who gets a copy of every request. Its answers are thrown away.',
  keys: {
    'mirror-target': {
      ...common,
      type: targetUrl,
      risk: 'High',
      compat: 'stricter',
      doc: 'URL that gets a copy of every request. A Service (NAME.NAMESPACE.svc, with the domain of the cluster or without it, and one of its ports) is reached by its pods, other names as the resolv.conf of the Pod says, without search domains. Without variables the query of the request is appended; without a path the copy has that of the request. An invalid value sends no copies; ingress-nginx then sends them to the path / of the same host. A client whose copy is slow waits before its next request on the same connection.',
    },
    'mirror-request-body': {
      ...common,
      type: onOff,
      default: true,
      risk: 'Low',
      compat: 'differs',
      doc: 'Whether the copy has the body of the request, which NGINX then reads to its end before it asks the backend. A copy without it announces none; that of ingress-nginx names a length that never comes.',
    },
    'mirror-host': {
      ...common,
      type: hostHeader,
      risk: 'High',
      compat: 'stricter',
      doc: 'Host header of the copy, instead of the host of mirror-target. Other variables and characters are refused, which ingress-nginx takes.',
    },
  },
  check(settings, { references }) {
    const target = settings['mirror-target'];
    if (target === undefined) return [];
    const objection = references.objection(target.server);
    if (objection === undefined) return [];
    return [{ key: 'mirror-target', ...objection, closes: false, consequence: 'sending no copies' }];
  },
  shape(settings, route) {
    const target = settings['mirror-target'];
    if (target !== undefined) route.callees.mirror = target.server;
  },
  emitLocation(settings, location, { callees, names, identity }) {
    const target = settings['mirror-target'];
    if (target === undefined || callees.mirror === undefined) return;
    const { scheme, host } = target.server;
    const server = `${scheme}://${callees.mirror}`;
    const owner = `${names.namespace}/${names.ingress}`;
    const copy = location.innerLocation({ reachedBy: 'subrequest', role: 'mirror', owner }, (inner) => {
      inner.add('proxy_set_header', 'Host', settings['mirror-host']?.value ?? host);
      for (const [name, value] of identity) inner.add('proxy_set_header', name, value);
      if (!settings['mirror-request-body']) {
        inner.add('proxy_pass_request_body', false);
        inner.add('proxy_set_header', 'Content-Length', '');
      }
      if (scheme === 'https') {
        inner.add('proxy_ssl_server_name', true);
        inner.add('proxy_ssl_name', host);
      }
      inner.add('proxy_pass', { parts: [server, ...partsOf(target.path ?? expr`${'request_uri'}`)] });
    });
    location.add('mirror', copy);
    location.add('mirror_request_body', settings['mirror-request-body']);
  },
});
