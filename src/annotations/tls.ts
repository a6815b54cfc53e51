import { expr } from '../nginx/expression.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily, type Finding, type SettingsOf } from './define.ts';
import { bool, byteSize, listOf, type ValueType } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

const words = listOf('protocols out of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3', /^TLSv1(\.[123])?$/, 'TLSv1.2 TLSv1.3');

/** NGINX warns of a protocol that is named twice, and a warning stops a publication. */
const protocols: typeof words = {
  ...words,
  parse: (text) => {
    const parsed = words.parse(text.split(/ +/).join(','));
    return parsed.ok ? ok([...new Set(parsed.value)]) : parsed;
  },
};

/** Groups of every OpenSSL that NGINX is built with, by each of their names; one that it does not know stops NGINX. */
const CURVES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    x25519: 'X25519',
    x448: 'X448',
    'p-256': 'P-256',
    prime256v1: 'P-256',
    'p-384': 'P-384',
    secp384r1: 'P-384',
    'p-521': 'P-521',
    secp521r1: 'P-521',
  }),
);

/** OpenSSL refuses a list with a group twice, whatever it is called. */
const curves: ValueType<string> = {
  label: 'auto, or groups out of X25519, X448, P-256, P-384, P-521 (or their older names), separated by colons',
  examples: ['auto', 'X25519:P-256:P-384', 'prime256v1:secp384r1'],
  parse: (text) => {
    if (text === 'auto') return ok(text);
    const names = text.split(':').map((name) => CURVES.get(name.toLowerCase()));
    const known = names.filter((name) => name !== undefined);
    return known.length === names.length ? ok([...new Set(known)].join(':')) : fail(curves.label);
  },
};

const keys = {
  'ssl-protocols': {
    ...common,
    type: protocols,
    default: ['TLSv1.2', 'TLSv1.3'],
    doc: 'TLS versions that clients may use, separated by spaces.',
  },
  'ssl-ecdh-curve': {
    ...common,
    type: curves,
    default: 'auto',
    compat: 'differs',
    doc: 'Groups for the exchange of keys, the favourite first. auto means those of OpenSSL, which are the only way to post-quantum groups: an OpenSSL that does not know a group would stop NGINX.',
  },
  'ssl-buffer-size': {
    ...common,
    type: byteSize({ min: 512, max: 1024 ** 2 }),
    default: 4 * 1024,
    doc: 'How much of an answer NGINX collects before it encrypts it: less means an earlier first byte, more means less work.',
  },
  'ssl-early-data': {
    ...common,
    type: bool,
    default: false,
    compat: 'stricter',
    doc: 'Takes requests with the first packet of a resumed TLS 1.3 connection. Whoever recorded such a packet can send it again, so backends get the header Early-Data: 1 until the handshake is complete, and requests of other methods than GET, HEAD, OPTIONS and TRACE are answered 425, after which browsers send them again. ingress-nginx does neither.',
  },
  'ssl-reject-handshake': {
    ...common,
    type: bool,
    default: false,
    doc: 'Whether TLS handshakes for hosts that no Ingress has are refused, instead of answered with the default certificate.',
  },
  'use-http2': { ...common, type: bool, default: true, doc: 'Whether clients may use HTTP/2.' },
} as const;

type Settings = SettingsOf<typeof keys>;

const speaksTls13 = (settings: Settings): boolean => settings['ssl-protocols'].includes('TLSv1.3');

const takesEarlyData = (settings: Settings): boolean => settings['ssl-early-data'] && speaksTls13(settings);

/** How NGINX speaks TLS and HTTP/2 to clients. */
export const tls = defineFamily({
  name: 'tls',
  summary: 'TLS versions, what is agreed on in handshakes, and HTTP/2 toward clients.',
  keys,
  check(settings): readonly Finding[] {
    if (!settings['ssl-early-data'] || speaksTls13(settings)) return [];
    const expected = 'TLSv1.3 in ssl-protocols beside it';
    const facts = { key: 'ssl-early-data', code: 'InvalidSetting', closes: false } as const;
    return [{ ...facts, expected, received: 'true', consequence: 'taking no early data' }];
  },
  emitEveryServer(settings, server, { catchAll }) {
    if (catchAll && settings['ssl-reject-handshake']) server.add('ssl_reject_handshake', true);
    if (takesEarlyData(settings))
      server.answerIf({ phase: 'redirect', variable: 'pt_replayable', equals: '1', code: 425 });
  },
  emitHttp(settings, http) {
    const [first = 'TLSv1.3', ...others] = settings['ssl-protocols'];
    http.add('ssl_protocols', first, ...others);
    http.add('ssl_ecdh_curve', settings['ssl-ecdh-curve']);
    http.add('ssl_buffer_size', settings['ssl-buffer-size']);
    http.add('http2', settings['use-http2']);
    if (!takesEarlyData(settings)) return;
    http.add('ssl_early_data', true);
    http.addMap(expr`${'ssl_early_data'}:${'request_method'}`, 'pt_replayable', [
      { default: '' },
      { matches: '^1:(?!(GET|HEAD|OPTIONS|TRACE)\\z)', value: '1' },
    ]);
    // What a proxy in front of us says stays true.
    http.addMap(expr`${'ssl_early_data'}`, 'pt_early_data', [
      { default: expr`${'http_early_data'}` },
      { key: '1', value: '1' },
    ]);
    http.setBackendHeader('Early-Data', expr`${'pt_early_data'}`);
  },
});
