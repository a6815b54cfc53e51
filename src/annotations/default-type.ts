import { defineFamily } from './define.ts';
import { textMatching } from './value-types.ts';

/** The content type of answers that NGINX makes itself. */
export const defaultType = defineFamily({
  name: 'default-type',
  summary: 'The content type of answers that NGINX makes itself.',
  keys: {
    'default-type': {
      type: textMatching('a MIME type', /^(?=.{1,100}$)[a-z0-9.+-]+\/[a-z0-9.+-]+$/, 'text/plain'),
      default: 'text/html',
      source: 'configmap',
      scope: 'http',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Content type of what NGINX answers without a backend and without a type of its own, such as a return in a snippet.',
    },
  },
  emitHttp(settings, http) {
    http.add('default_type', settings['default-type']);
  },
});
