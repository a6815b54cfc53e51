import { defineFamily, whenOn } from './define.ts';
import { defaultTypes, mimeTypes } from './mime-types.ts';
import { bool, wholeNumber } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** Answers compressed with brotli, where NGINX has the module. */
export const brotli = defineFamily({
  name: 'brotli',
  summary: 'Answers compressed with brotli, where NGINX has the module.',
  keys: {
    'enable-brotli': {
      ...common,
      type: bool,
      default: false,
      needs: whenOn('http_brotli_filter_module'),
      doc: 'Whether answers are compressed for clients that take brotli; these get it rather than gzip.',
    },
    'brotli-level': {
      ...common,
      type: wholeNumber(0, 11),
      default: 4,
      doc: 'How hard NGINX tries; higher costs more time.',
    },
    'brotli-min-length': {
      ...common,
      type: wholeNumber(0, 2_000_000_000, 'bytes'),
      default: 20,
      doc: 'Shorter answers stay as they are.',
    },
    'brotli-types': {
      ...common,
      type: mimeTypes,
      default: ['application/xml+rss', ...defaultTypes],
      doc: 'Content types that are compressed besides text/html.',
    },
  },
  emitHttp(settings, http) {
    if (!settings['enable-brotli']) return;
    const types = settings['brotli-types'];
    http.add('brotli', true);
    http.add('brotli_comp_level', settings['brotli-level']);
    http.add('brotli_min_length', settings['brotli-min-length']);
    if (types.length > 0) http.add('brotli_types', ...types);
  },
});
