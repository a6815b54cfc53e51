import type { ConfigMap } from '../cluster/resources.ts';
import { isOfNginx } from '../nginx/own-headers.ts';
import type { Refusal } from '../problems/problem.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { entriesOf } from './config-map-entries.ts';
import { defineFamily, type Finding } from './define.ts';
import { closingFindings, readAs } from './referenced.ts';
import type { References } from './references.ts';
import { listOf, objectName } from './value-types.ts';

const PRINTABLE = /^[\x20-\x7e]{1,2000}$/;

type Headers = readonly (readonly [name: string, value: string])[];

/** The headers that a ConfigMap describes; the error completes "expected …". */
const headersIn = (configMap: ConfigMap, allowed: readonly string[]): Result<Headers> => {
  const entries = entriesOf(configMap);
  if (!entries.ok) return entries;
  const headers = entries.value;
  const strange = headers.find(([name]) => !allowed.includes(name));
  if (strange !== undefined)
    return fail(`headers that global-allowed-response-headers names, not ${strange[0].slice(0, 100)}`);
  for (const [name, value] of headers) {
    if (isOfNginx(name)) return fail(`headers that NGINX does not write itself, not ${name}`);
    if (!PRINTABLE.test(value)) return fail(`one line of printable text for ${name}`);
  }
  return ok(headers);
};

const headersOf = (reference: string, allowed: readonly string[], references: References): Result<Headers, Refusal> =>
  readAs(references.configMap(reference), 'InvalidConfigMap', (found) => headersIn(found, allowed));

/** Headers of answers from a ConfigMap. */
export const customHeaders = defineFamily({
  name: 'custom-headers',
  summary: 'Headers of answers from a ConfigMap, so far as the operator allows them.',
  keys: {
    'custom-headers': {
      type: objectName('ConfigMap', 'shop/headers'),
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
    const headers = headersOf(reference, settings['global-allowed-response-headers'], references);
    return closingFindings('custom-headers', reference, headers);
  },
  emitLocation(settings, location, { references }) {
    const reference = settings['custom-headers'];
    if (reference === undefined) return;
    const headers = headersOf(reference, settings['global-allowed-response-headers'], references);
    if (!headers.ok) return location.close();
    for (const [name, value] of headers.value) location.setAnswerHeader(name, value);
  },
});
