import { defineFamily } from './define.ts';
import { oneOf } from './value-types.ts';

/** Whether a client must pass all access rules, or one of them. */
export const satisfy = defineFamily({
  name: 'satisfy',
  summary: 'Whether a client must pass all access rules of a route, or one of them.',
  keys: {
    satisfy: {
      type: oneOf(['all', 'any']),
      default: 'all',
      source: 'annotation',
      scope: 'location',
      risk: 'Low',
      // The default asks for more than any other value.
      onInvalid: 'default',
      protects: () => true,
      compat: 'same',
      doc: 'all: a client needs an address that the source ranges allow and a password, where both are asked for. any: one of the two is enough, so a password also admits addresses that a list denies.',
    },
  },
  emitLocation(settings, location) {
    if (settings.satisfy === 'any') location.add('satisfy', 'any');
  },
});
