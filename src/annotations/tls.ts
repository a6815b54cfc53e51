import { readDhParameters } from '../cluster/dh-parameters.ts';
import type { HttpDraft } from '../nginx/draft.ts';
import { expr } from '../nginx/expression.ts';
import type { Refusal } from '../problems/problem.ts';
import { Redacted } from '../values/redacted.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { defineFamily, type Finding, type SettingsOf } from './define.ts';
import { readAs } from './referenced.ts';
import type { References } from './references.ts';
import { bool, byteSize, listOf, qualifiedName, type ValueType } from './value-types.ts';

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
    doc: 'Groups for the exchange of keys, the favourite first. auto means those of OpenSSL, which are the only way to post-quantum groups: an OpenSSL that does not know a group would stop NGINX, so others are refused.',
  },
  'ssl-dh-param': {
    ...common,
    type: qualifiedName('Secret', 'ingress-nginx/dh'),
    doc: 'Secret whose key dhparam.pem holds parameters for the DHE ciphers of TLS 1.2. Without it clients get none of these ciphers.',
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
  'enable-ocsp': {
    ...common,
    type: bool,
    default: false,
    compat: 'differs',
    doc: 'Without effect, which is reported where it is true: stock NGINX staples answers only to certificates that need a reload to change. Of the large authorities most have stopped to give such answers; a certificate that demands one (must-staple) cannot be used.',
  },
  'use-http2': { ...common, type: bool, default: true, doc: 'Whether clients may use HTTP/2.' },
} as const;

type Settings = SettingsOf<typeof keys>;

const speaksTls13 = (settings: Settings): boolean => settings['ssl-protocols'].includes('TLSv1.3');

const takesEarlyData = (settings: Settings): boolean => settings['ssl-early-data'] && speaksTls13(settings);

const DH_KEY = 'dhparam.pem';

/** The parameters that a Secret holds. */
const dhParameters = (reference: string, references: References): Result<string, Refusal> =>
  readAs(references.secret(reference), 'InvalidSecret', ({ data }) => {
    const read = readDhParameters(data.get(DH_KEY)?.reveal() ?? '');
    return read.ok ? read : fail(`a Secret whose ${DH_KEY} holds ${read.error}`);
  });

const dhFindings = (settings: Settings, references: References): readonly Finding[] => {
  const received = settings['ssl-dh-param'];
  const read = received === undefined ? undefined : dhParameters(received, references);
  if (received === undefined || read === undefined || read.ok) return [];
  const facts = { key: 'ssl-dh-param', received, closes: false } as const;
  return [{ ...facts, ...read.error, consequence: 'offering no DHE ciphers' }];
};

const earlyDataFindings = (settings: Settings): readonly Finding[] => {
  if (!settings['ssl-early-data'] || speaksTls13(settings)) return [];
  const expected = 'TLSv1.3 in ssl-protocols beside it';
  const facts = { key: 'ssl-early-data', code: 'InvalidSetting', closes: false } as const;
  return [{ ...facts, expected, received: 'true', consequence: 'taking no early data' }];
};

const ocspFindings = (settings: Settings): readonly Finding[] => {
  if (!settings['enable-ocsp']) return [];
  const facts = { key: 'enable-ocsp', code: 'UnsupportedSetting', closes: false } as const;
  return [{ ...facts, expected: 'false', received: 'true', consequence: 'stapling nothing' }];
};

const addEarlyData = (http: HttpDraft): void => {
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
};

/** How NGINX speaks TLS and HTTP/2 to clients. */
export const tls = defineFamily({
  name: 'tls',
  summary: 'TLS versions, what is agreed on in handshakes, and HTTP/2 toward clients.',
  keys,
  check: (settings, { references }) => [
    ...dhFindings(settings, references),
    ...earlyDataFindings(settings),
    ...ocspFindings(settings),
  ],
  emitEveryServer(settings, server, { catchAll }) {
    if (catchAll && settings['ssl-reject-handshake']) server.add('ssl_reject_handshake', true);
    if (takesEarlyData(settings))
      server.answerIf({ phase: 'redirect', variable: 'pt_replayable', equals: '1', code: 425 });
  },
  emitHttp(settings, http, { references }) {
    const [first = 'TLSv1.3', ...others] = settings['ssl-protocols'];
    http.add('ssl_protocols', first, ...others);
    http.add('ssl_ecdh_curve', settings['ssl-ecdh-curve']);
    http.add('ssl_buffer_size', settings['ssl-buffer-size']);
    http.add('http2', settings['use-http2']);
    const reference = settings['ssl-dh-param'];
    const dh = reference === undefined ? undefined : dhParameters(reference, references);
    if (dh?.ok === true) http.add('ssl_dhparam', references.workerFile(new Redacted(dh.value)));
    if (takesEarlyData(settings)) addEarlyData(http);
  },
});
