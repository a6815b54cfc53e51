import type { ConfigMap } from '../cluster/resources.ts';
import { compareText } from '../values/compare.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { defineFamily, type Finding } from './define.ts';
import { listOf, textMatching } from './value-types.ts';

/** NGINX writes these itself: a second one would contradict it. */
export const OF_NGINX: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'location',
  'server',
  'transfer-encoding',
  'upgrade',
]);

const PRINTABLE = /^[\x20-\x7e]{1,2000}$/;

type Headers = readonly (readonly [name: string, value: string])[];

/** The headers that a ConfigMap describes; the error completes "expected …". */
const headersIn = ({ data }: ConfigMap, allowed: readonly string[]): Result<Headers> => {
  const headers = Object.entries(data).toSorted(([a], [b]) => compareText(a, b));
  const strange = headers.find(([name]) => !allowed.includes(name));
  if (strange !== undefined)
    return fail(`headers that global-allowed-response-headers names, not ${strange[0].slice(0, 100)}`);
  for (const [name, value] of headers) {
    if (OF_NGINX.has(name.toLowerCase())) return fail(`headers that NGINX does not write itself, not ${name}`);
    if (!PRINTABLE.test(value)) return fail(`one line of printable text for ${name}`);
  }
  return ok(headers);
};

/** Headers of answers from a ConfigMap. */
export const customHeaders = defineFamily({
  name: 'custom-headers',
  summary: 'Headers of answers from a ConfigMap, so far as the operator allows them.',
  keys: {
    'custom-headers': {
      type: textMatching('a ConfigMap as name or namespace/name', /^[a-z0-9.-]+(\/[a-z0-9.-]+)?$/, 'shop/headers'),
      source: 'annotation',
      scope: 'location',
      risk: 'Medium',
      onInvalid: 'close',
      compat: 'stricter',
      doc: 'Every answer has the headers that this ConfigMap names, in place of the ones of the backend. The routes are closed where it is missing, is in another namespace without allow-cross-namespace-resources, or names a header that is not allowed.',
    },
    'global-allowed-response-headers': {
      type: listOf('a comma list of header names', /^[A-Za-z0-9_-]{1,100}$/, 'X-Frame-Options'),
      default: [],
      source: 'configmap',
      scope: 'http',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Headers that custom-headers may set; upper and lower case count.',
    },
  },
  check(settings, { references }): readonly Finding[] {
    const reference = settings['custom-headers'];
    if (reference === undefined) return [];
    const facts = { key: 'custom-headers', received: reference, closes: true };
    const found = references.configMap(reference);
    if (!found.ok) {
      const code = found.error.missing ? 'ConfigMapNotFound' : 'InvalidSecurityAnnotation';
      return [{ ...facts, code, expected: found.error.expected }];
    }
    const headers = headersIn(found.value, settings['global-allowed-response-headers']);
    return headers.ok ? [] : [{ ...facts, code: 'InvalidConfigMap', expected: headers.error }];
  },
  emitLocation(settings, location, route) {
    const reference = settings['custom-headers'];
    if (reference === undefined) return;
    const found = route.references.configMap(reference);
    const headers = found.ok ? headersIn(found.value, settings['global-allowed-response-headers']) : fail('');
    if (!headers.ok) return location.close();
    for (const [name, value] of headers.value) location.setAnswerHeader(name, value);
  },
});
