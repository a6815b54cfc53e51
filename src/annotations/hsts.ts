import { expr } from '../nginx/expression.ts';
import { defineFamily } from './define.ts';
import { bool, wholeNumber } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** Strict-Transport-Security on every answer over HTTPS. */
export const hsts = defineFamily({
  name: 'hsts',
  summary: 'The Strict-Transport-Security header of answers over HTTPS.',
  keys: {
    hsts: {
      ...common,
      type: bool,
      default: true,
      doc: 'Whether answers over HTTPS carry the header; it replaces the one of the backend.',
    },
    'hsts-max-age': {
      ...common,
      type: wholeNumber(0, 4_000_000_000, 'seconds'),
      default: 31_536_000,
      doc: 'How long browsers remember to use HTTPS.',
    },
    'hsts-include-subdomains': { ...common, type: bool, default: true, doc: 'Adds includeSubDomains.' },
    'hsts-preload': { ...common, type: bool, default: false, doc: 'Adds preload.' },
  },
  emitHttp(settings, http) {
    if (!settings.hsts) return;
    const words = [
      `max-age=${settings['hsts-max-age']}`,
      ...(settings['hsts-include-subdomains'] ? ['includeSubDomains'] : []),
      ...(settings['hsts-preload'] ? ['preload'] : []),
    ];
    http.addMap(expr`${'scheme'}`, 'pt_hsts', [{ default: '' }, { key: 'https', value: words.join('; ') }]);
    http.setAnswerHeader('Strict-Transport-Security', expr`${'pt_hsts'}`);
  },
});
