import { parseCidr } from '../values/cidr.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, type ValueType } from './value-types.ts';

/** Addresses, and items that are none. */
interface Addresses {
  readonly taken: readonly string[];
  readonly refused: readonly string[];
}

const addresses: ValueType<Addresses> = {
  label: 'a comma list of IP addresses',
  examples: ['10.0.0.9', '10.0.0.9,2001:db8::9'],
  format: ({ taken }) => taken.join(','),
  parse: (text) => {
    const items = text.split(',').map((item) => item.trim());
    const written = items.filter((item) => item !== '');
    const read = written.map((item) => ({ item, address: item.includes('/') ? fail(item) : parseCidr(item) }));
    const taken = [...new Set(read.flatMap(({ address }) => (address.ok ? [address.value] : [])))].toSorted();
    const refused = read.flatMap(({ item, address }) => (address.ok ? [] : [item]));
    return taken.length > 0 ? ok({ taken, refused }) : fail(addresses.label);
  },
};

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default' } as const;

/** Where NGINX listens. */
export const listeners = defineFamily({
  name: 'listeners',
  summary: 'Where NGINX listens.',
  keys: {
    'bind-address': {
      ...common,
      type: addresses,
      risk: 'High',
      onInvalid: 'close',
      compat: 'differs',
      doc: 'Addresses of this machine at which clients are served; all of them where it is not set. Of a family without an address here none is served; in ingress-nginx all of its addresses are. The port stays open at the others, because NGINX cannot move a port while it runs: connections there are closed at once. What is no address is left out.',
    },
    'disable-ipv6': {
      ...common,
      type: bool,
      default: false,
      compat: 'same',
      doc: 'Whether NGINX listens on no IPv6 address.',
    },
    'reuse-port': {
      ...common,
      type: bool,
      default: false,
      compat: 'differs',
      doc: 'Whether each worker has a queue of new connections of its own. ingress-nginx does so unless told otherwise; without it no connection waits for a worker that is busy.',
    },
  },
  check: (settings, { invalid }) =>
    (invalid === 'InvalidSetting' ? (settings['bind-address']?.refused ?? []) : []).map((received) => ({
      key: 'bind-address',
      code: invalid,
      expected: addresses.label,
      received,
      closes: false,
      consequence: 'leaving out the item',
    })),
});
