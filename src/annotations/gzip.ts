import { matchText, parseClusterRegex, type ClusterRegex } from '../nginx/cluster-regex.ts';
import { defineFamily } from './define.ts';
import { defaultTypes, mimeTypes } from './mime-types.ts';
import { bool, wholeNumber, type ValueType } from './value-types.ts';

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
  },
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
