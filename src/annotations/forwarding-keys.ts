import { fail, ok } from '../values/result.ts';
import type { SettingsOf } from './define.ts';
import { bool, cidrList, textMatching, type ValueType } from './value-types.ts';

/** Whole seconds at least, as NGINX counts them here. */
const goDuration: ValueType<number> = {
  label: 'a time such as 5s, 500ms or 1m30s, of at most an hour',
  examples: ['5s', '500ms', '1m30s'],
  format: (value) => `${value}s`,
  parse: (text) => {
    const [all, minutes = 0, seconds = 0, milliseconds = 0] =
      /^(?=\d)(?:(\d{1,4})m(?!s))?(?:(\d{1,4})s)?(?:(\d{1,7})ms)?$/.exec(text) ?? [];
    const value = Math.ceil(Number(minutes) * 60 + Number(seconds) + Number(milliseconds) / 1_000);
    return all !== undefined && value >= 1 && value <= 3_600 ? ok(value) : fail(goDuration.label);
  },
};

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const header = textMatching('an HTTP header name', /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'X-Forwarded-For');

/** Whose word about the client is believed, and what backends are told. */
export const keys = {
  'use-forwarded-headers': {
    ...common,
    type: bool,
    default: false,
    compat: 'stricter',
    doc: 'Believes X-Forwarded-For, -Proto, -Host and -Port of peers in proxy-real-ip-cidr; those of others are replaced. ingress-nginx believes X-Forwarded-Proto, -Host and -Port of everybody; proxy-real-ip-cidr 0.0.0.0/0,::/0 does that.',
  },
  'compute-full-forwarded-for': {
    ...common,
    type: bool,
    default: false,
    doc: 'With use-forwarded-headers, appends the peer to X-Forwarded-For instead of replacing it.',
  },
  'enable-real-ip': {
    ...common,
    type: bool,
    default: false,
    doc: 'Takes the client address from forwarded-for-header of trusted peers, and believes nothing else.',
  },
  'proxy-real-ip-cidr': {
    ...common,
    type: cidrList,
    default: ['0.0.0.0/0'],
    doc: 'Peers whose forwarded headers are believed. The default trusts everybody, as in ingress-nginx, and is warned about.',
  },
  'use-proxy-protocol': {
    ...common,
    type: bool,
    default: false,
    compat: 'stricter',
    doc: 'Every connection of a client begins with a line or head of the PROXY protocol; without one it is closed. The client address, the port and, for port 443, HTTPS that it names are believed of peers in proxy-real-ip-cidr; of others the address of the connection counts. With use-forwarded-headers, forwarded headers are believed of clients that are in proxy-real-ip-cidr themselves; that takes an NGINX with the module stream.',
  },
  'proxy-protocol-header-timeout': {
    ...common,
    type: goDuration,
    default: 5,
    compat: 'differs',
    doc: 'How long a client may take for the head of the PROXY protocol where connections are passed on: with --enable-ssl-passthrough, or with use-forwarded-headers. Elsewhere client-header-timeout holds. Less than a second counts as one. In ingress-nginx it holds with --enable-ssl-passthrough only.',
  },
  'forwarded-for-header': {
    ...common,
    type: header,
    default: 'X-Forwarded-For',
    doc: 'Header that holds the client address.',
  },
  'forwarded-host-header': {
    ...common,
    type: header,
    default: 'X-Forwarded-Host',
    doc: 'Header that is kept as X-Original-Forwarded-Host.',
  },
  'generate-request-id': {
    ...common,
    type: bool,
    default: true,
    doc: 'Gives a request without X-Request-ID a random one.',
  },
  'proxy-add-original-uri-header': { ...common, type: bool, default: false, doc: 'Sends X-Original-URI to backends.' },
} as const;

/** The values of these keys. */
export type ForwardingSettings = SettingsOf<typeof keys>;
