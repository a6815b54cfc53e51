import { matchText, parseClusterRegex, type ClusterRegex } from '../nginx/cluster-regex.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, wholeNumber, type ValueType } from './value-types.ts';

const APPLICATION_TYPES =
  'atom+xml javascript x-javascript json rss+xml vnd.ms-fontobject x-font-ttf x-web-app-manifest+json xhtml+xml xml';
const OTHER_TYPES = 'font/opentype image/svg+xml image/x-icon text/css text/javascript text/plain text/x-component';

const defaultTypes = [...APPLICATION_TYPES.split(' ').map((name) => `application/${name}`), ...OTHER_TYPES.split(' ')];

/** A longer one does not fit into NGINX's hash of types, which has no setting. */
const MIME_TYPE = /^(?=.{1,46}$)([a-z0-9.+-]+\/[a-z0-9.+-]+|\*)$/;
const MAX_TYPES = 200;

const mimeTypes: ValueType<readonly string[]> = {
  label: `at most ${MAX_TYPES} MIME types of at most 46 characters, separated by spaces, or *`,
  examples: ['application/json text/css', '*'],
  format: (types) => types.join(' '),
  parse: (text) => {
    const types = [...new Set(text.toLowerCase().split(/ +/))];
    if (types.length > MAX_TYPES || !types.every((type) => MIME_TYPE.test(type))) return fail(mimeTypes.label);
    // NGINX always has it, and refuses to have it twice.
    return ok(types.filter((type) => type !== 'text/html'));
  },
};

const expression: ValueType<ClusterRegex> = {
  label: 'a regular expression',
  examples: ['MSIE [1-6]\\.'],
  parse: parseClusterRegex,
};

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** Compressed answers. */
export const gzip = defineFamily({
  name: 'gzip',
  summary: 'Compressed answers.',
  keys: {
    'use-gzip': {
      ...common,
      type: bool,
      default: false,
      doc: 'Whether answers are compressed for clients that take gzip.',
    },
    'gzip-level': {
      ...common,
      type: wholeNumber(1, 9),
      default: 1,
      doc: 'How hard NGINX tries; higher costs more time.',
    },
    'gzip-min-length': {
      ...common,
      type: wholeNumber(0, 2_000_000_000, 'bytes'),
      default: 256,
      doc: 'Shorter answers stay as they are.',
    },
    'gzip-types': {
      ...common,
      type: mimeTypes,
      default: defaultTypes,
      doc: 'Content types that are compressed besides text/html.',
    },
    'gzip-disable': {
      ...common,
      type: expression,
      doc: 'Clients whose User-Agent matches, in any case, get nothing compressed.',
    },
    'enable-brotli': {
      ...common,
      type: bool,
      default: false,
      compat: 'differs',
      doc: 'Stock NGINX cannot compress with brotli, as ingress-nginx does: true is reported, and answers are compressed with gzip where use-gzip says so.',
    },
  },
  check: (settings) =>
    settings['enable-brotli']
      ? [
          {
            key: 'enable-brotli',
            code: 'UnsupportedSetting',
            expected: 'false, because this NGINX has no brotli module',
            received: 'true',
            closes: false,
            consequence: 'compressing with gzip only, where use-gzip says so',
          },
        ]
      : [],
  emitHttp(settings, http) {
    if (!settings['use-gzip']) return;
    const types = settings['gzip-types'];
    const disabled = settings['gzip-disable'];
    http.add('gzip', true);
    http.add('gzip_comp_level', settings['gzip-level']);
    http.add('gzip_http_version', '1.1');
    http.add('gzip_min_length', settings['gzip-min-length']);
    http.add('gzip_proxied', 'any');
    http.add('gzip_vary', true);
    if (types.length > 0) http.add('gzip_types', ...types);
    if (disabled !== undefined) http.add('gzip_disable', matchText(disabled));
  },
});
