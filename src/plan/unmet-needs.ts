import { needsRelay } from '../annotations/client-claims.ts';
import type { Settings } from '../annotations/index.ts';
import type { Problem } from '../problems/problem.ts';
import { hasPart, servesStreams, type PlanOptions } from './options.ts';

type Need = Pick<Problem, 'code' | 'expected' | 'consequence'> & { readonly key: string };

/** What a setting needs that NGINX has not, or that another setting takes away. */
type Lack = Pick<Need, 'code' | 'expected'>;

const http3Lack = ({ capabilities }: PlanOptions, { tls, forwarding }: Settings): Lack | undefined => {
  if (!hasPart(capabilities)('http_v3_module'))
    return { code: 'UnsupportedSetting', expected: 'an NGINX with http_v3_module' };
  if (!tls['ssl-protocols'].includes('TLSv1.3'))
    return { code: 'InvalidSetting', expected: 'TLSv1.3 in ssl-protocols beside it' };
  return forwarding['use-proxy-protocol']
    ? { code: 'InvalidSetting', expected: 'clients without the PROXY protocol, which HTTP/3 does not have' }
    : undefined;
};

/** Whether clients may speak HTTP/3. */
export const servesHttp3 = (options: PlanOptions, globals: Settings): boolean =>
  globals.http3['enable-http3'] && http3Lack(options, globals) === undefined;

const http3Needs = (options: PlanOptions, globals: Settings): readonly Need[] => {
  const lack = globals.http3['enable-http3'] ? http3Lack(options, globals) : undefined;
  return lack === undefined ? [] : [{ ...lack, key: 'enable-http3', consequence: 'serving no HTTP/3' }];
};

const relayNeeds = ({ capabilities }: PlanOptions, { forwarding }: Settings): readonly Need[] => {
  if (!needsRelay(forwarding) || servesStreams(capabilities)) return [];
  const expected = 'an NGINX with the module stream, where use-proxy-protocol is true too';
  const consequence = 'believing the PROXY protocol only, and no forwarded header';
  return [{ code: 'StreamUnavailable', key: 'use-forwarded-headers', expected, consequence }];
};

/** Settings that need what is not there. */
export const unmetNeeds = (options: PlanOptions, globals: Settings): readonly Problem[] => {
  const { configMap: subject } = options;
  if (subject === undefined) return [];
  return [...relayNeeds(options, globals), ...http3Needs(options, globals)].map(({ key, ...facts }) => ({
    ...facts,
    subject,
    field: ['data', key],
    received: 'true',
  }));
};
