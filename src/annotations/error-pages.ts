import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, textMatching, type ValueType } from './value-types.ts';

/** 444 and 494 to 499 are signs of NGINX for itself. */
const CODE = /^(3\d\d|4(?!44|9[4-9])\d\d|5\d\d)$/;
/** Every location repeats them. */
const MAX_CODES = 50;

const statusCodes: ValueType<readonly number[]> = {
  label: `a comma list of at most ${MAX_CODES} status codes from 300 to 599`,
  examples: ['404', '404,502,503'],
  parse: (text) => {
    const items = text.split(',').map((item) => item.trim());
    const codes = [...new Set(items.at(-1) === '' ? items.slice(0, -1) : items)];
    const isList = codes.length > 0 && codes.length <= MAX_CODES && codes.every((code) => CODE.test(code));
    return isList ? ok(codes.map(Number).toSorted((a, b) => a - b)) : fail(statusCodes.label);
  },
};

const common = { scope: 'location', risk: 'Low', onInvalid: 'default' } as const;

/** Who answers in place of errors. */
export const errorPages = defineFamily({
  name: 'error-pages',
  summary: 'Who answers in place of errors.',
  keys: {
    'custom-http-errors': {
      ...common,
      type: statusCodes,
      default: [],
      source: 'both',
      compat: 'stricter',
      doc: 'Answers with these codes are replaced by those of the default backend, which gets the path / and the headers X-Code, X-Format, X-Original-URI, X-Namespace, X-Ingress-Name, X-Service-Name, X-Service-Port and X-Request-ID. Passwords that NGINX checks, and headers that the route removes or replaces, do not reach it; ingress-nginx passes them on. Without a default backend, or where it fails, NGINX makes the page.',
    },
    'default-backend': {
      ...common,
      type: textMatching('the name of a Service of the same namespace', /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'errors'),
      source: 'annotation',
      compat: 'same',
      doc: 'Service whose first port answers in place of a Service without endpoints, and makes the pages of custom-http-errors. Without it that is the default backend of the installation.',
    },
    'disable-proxy-intercept-errors': {
      ...common,
      type: bool,
      default: false,
      source: 'both',
      compat: 'same',
      doc: 'Whether custom-http-errors leaves the answers of backends alone, and replaces those of NGINX only.',
    },
  },
  check(settings, { references }) {
    const service = settings['default-backend'];
    if (service === undefined || references.hasService(service)) return [];
    return [
      {
        key: 'default-backend',
        code: 'ServiceNotFound',
        expected: 'an existing Service',
        received: service,
        closes: false,
        consequence: 'using the default backend of the installation',
      },
    ];
  },
  shape(settings, route) {
    const service = settings['default-backend'];
    route.errors = {
      codes: settings['custom-http-errors'],
      intercepts: !settings['disable-proxy-intercept-errors'],
      ...(service === undefined ? {} : { service }),
    };
  },
});
