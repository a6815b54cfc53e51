import { misspeltIdentity } from './client-identity.ts';
import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

const common = {
  type: bool,
  source: 'configmap',
  scope: 'http',
  risk: 'Low',
  onInvalid: 'default',
  compat: 'same',
} as const;

/** Which headers NGINX lets through. */
export const headerFilter = defineFamily({
  name: 'header-filter',
  summary: 'Which headers NGINX lets through.',
  keys: {
    'enable-underscores-in-headers': {
      ...common,
      default: false,
      doc: 'Whether request headers may have underscores in their names; otherwise such headers are dropped.',
    },
    'ignore-invalid-headers': {
      ...common,
      default: true,
      doc: 'Drops request headers whose names have other characters than letters, digits and hyphens. With false, backends get them too.',
    },
    'allow-backend-server-header': {
      ...common,
      default: false,
      doc: 'Whether the header Server of backends reaches the client.',
    },
  },
  emitHttp(settings, http) {
    // Both let names with underscores through.
    if (settings['enable-underscores-in-headers'] || !settings['ignore-invalid-headers'])
      for (const [name, value] of misspeltIdentity) http.setBackendHeader(name, value);
    if (settings['enable-underscores-in-headers']) http.add('underscores_in_headers', true);
    if (!settings['ignore-invalid-headers']) http.add('ignore_invalid_headers', false);
    if (!settings['allow-backend-server-header']) return;
    http.add('proxy_pass_header', 'Server');
    http.add('grpc_pass_header', 'Server');
  },
});
