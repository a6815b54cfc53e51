import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

const onRoute = { source: 'annotation', scope: 'location', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const everywhere = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** Which requests NGINX writes down. */
export const logs = defineFamily({
  name: 'logs',
  summary: 'Which requests NGINX writes down.',
  keys: {
    'enable-access-log': {
      ...onRoute,
      type: bool,
      default: true,
      doc: 'Whether requests to the paths of the Ingress stand in the access log.',
    },
    'enable-rewrite-log': {
      ...onRoute,
      type: bool,
      default: false,
      doc: 'Whether the error log says how requests were rewritten.',
    },
    'disable-access-log': {
      ...everywhere,
      type: bool,
      default: false,
      doc: 'Switches the access log off for every route.',
    },
    'disable-http-access-log': {
      ...everywhere,
      type: bool,
      default: false,
      doc: 'Switches the access log off for every route that speaks HTTP, which all do.',
    },
  },
  emitHttp(settings, http) {
    if (settings['disable-access-log'] || settings['disable-http-access-log']) http.add('access_log', 'off');
  },
  emitLocation(settings, location) {
    if (!settings['enable-access-log']) location.add('access_log', 'off');
    if (settings['enable-rewrite-log']) location.add('rewrite_log', true);
  },
});
