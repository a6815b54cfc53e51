import type { BackendProtocol } from '../model/route-draft.ts';
import type { LocationDraft } from '../nginx/draft.ts';
import type { Secret } from '../cluster/resources.ts';
import { expr, type Complex } from '../nginx/expression.ts';
import type { Refusal } from '../problems/problem.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { cipherList } from './cipher-list.ts';
import { defineFamily, type CheckContext, type Finding, type SettingsOf } from './define.ts';
import { closingFindings, readAs } from './referenced.ts';
import type { References } from './references.ts';
import { requestText } from './request-text.ts';
import { bool, oneOf, onOff, qualifiedName, wholeNumber, type ValueType } from './value-types.ts';

const common = { source: 'annotation', scope: 'location', onInvalid: 'default' } as const;
const always = (): boolean => true;

const OFF = /^(off|false|no)$/;

/** ingress-nginx takes every word but `on` for `off`; what clearly asks for verification gets it. */
const verification: ValueType<boolean> = {
  label: 'on or off',
  examples: ['on', 'off'],
  format: (value) => (value ? 'on' : 'off'),
  parse: (text) => {
    if (/^(on|true|yes)$/.test(text)) return ok(true);
    return OFF.test(text) ? ok(false) : fail(verification.label);
  },
};

/** The name of a certificate; `text` is what was written. */
interface CertificateName {
  readonly text: string;
  readonly value: Complex;
}

/** Of the variables only the host: a client that could choose the name freely would choose what is verified. */
const certificateName: ValueType<CertificateName> = {
  label: 'a host name, or $host',
  examples: ['pods.example.com', '$host'],
  format: ({ text }) => text,
  parse: (text) => {
    if (text === '$host' || text === '${host}') return ok({ text, value: expr`${'host'}` });
    const value = text.length > 253 ? undefined : requestText(text, /^[A-Za-z0-9._-]+$/);
    return typeof value === 'string' && value !== '' ? ok({ text, value }) : fail(certificateName.label);
  },
};

/** As ingress-nginx: the words in any order, each once. */
const protocols: ValueType<readonly string[]> = {
  label: 'TLSv1.2, TLSv1.3 or both, separated by spaces',
  examples: ['TLSv1.3', 'TLSv1.2 TLSv1.3'],
  format: (value) => value.join(' '),
  parse: (text) => {
    const words = [...new Set(text.split(/ +/))].toSorted();
    return words.every((word) => /^TLSv1\.[23]$/.test(word)) ? ok(words) : fail(protocols.label);
  },
};

const keys = {
  'backend-protocol': {
    ...common,
    type: oneOf(['HTTP', 'HTTPS', 'AUTO_HTTP', 'GRPC', 'GRPCS', 'FCGI']),
    default: 'HTTP',
    risk: 'Low',
    compat: 'differs',
    doc: 'HTTP, HTTPS, AUTO_HTTP (as the client came), GRPC (h2c), GRPCS or FCGI, in any case. Certificates of pods are not verified unless proxy-ssl-verify asks for it, as in ingress-nginx. Timeouts, buffers and retries of FCGI are those of NGINX itself, as in ingress-nginx; besides, its programs are told what other backends learn of the client (HTTP_X_REAL_IP, HTTP_X_FORWARDED_FOR and so on).',
  },
  'proxy-ssl-secret': {
    ...common,
    type: qualifiedName('Secret', 'shop/pods'),
    risk: 'Medium',
    onInvalid: 'close',
    compat: 'stricter',
    doc: 'Secret for TLS to the pods: ca.crt holds the authorities that sign their certificates, tls.crt and tls.key the certificate that NGINX shows them. The other proxy-ssl annotations count only beside it. It concerns the routes of its own Ingress; in ingress-nginx it reaches those of others with the same host.',
  },
  'proxy-ssl-verify': {
    ...common,
    type: verification,
    default: false,
    risk: 'Low',
    onInvalid: 'close',
    protects: (text: string) => !OFF.test(text),
    compat: 'stricter',
    doc: 'Verifies the certificates of pods. That needs ca.crt in proxy-ssl-secret, proxy-ssl-name, and backend-protocol HTTPS or GRPCS: routes without one of them are closed, where ingress-nginx does not verify or always answers 502.',
  },
  'proxy-ssl-verify-depth': {
    ...common,
    type: wholeNumber(1, 100),
    default: 1,
    risk: 'Low',
    protects: always,
    compat: 'same',
    doc: 'How many authorities may stand between the certificate of a pod and one of ca.crt.',
  },
  'proxy-ssl-name': {
    ...common,
    type: certificateName,
    risk: 'High',
    protects: always,
    compat: 'stricter',
    doc: 'The name that certificates of pods are verified for, and that pods are told where proxy-ssl-server-name is on. Other variables and characters are refused, which ingress-nginx takes.',
  },
  'proxy-ssl-server-name': {
    ...common,
    type: onOff,
    default: false,
    risk: 'Low',
    compat: 'differs',
    doc: 'Whether pods are told proxy-ssl-name in the TLS handshake. Without proxy-ssl-name they are told nothing; ingress-nginx tells them the name of its own upstream.',
  },
  'proxy-ssl-ciphers': {
    ...common,
    type: cipherList,
    default: 'DEFAULT',
    risk: 'Medium',
    compat: 'differs',
    doc: 'OpenSSL cipher list for TLS 1.2 to the pods; it counts beside ca.crt only. A list that might match no cipher is refused, because it would stop NGINX.',
  },
  'proxy-ssl-protocols': {
    ...common,
    type: protocols,
    default: ['TLSv1.2'],
    risk: 'Low',
    compat: 'same',
    doc: 'TLS versions to the pods; it counts beside ca.crt only.',
  },
  'proxy-ssl-location-only': {
    type: bool,
    default: true,
    source: 'configmap',
    scope: 'http',
    risk: 'Low',
    onInvalid: 'default',
    compat: 'stricter',
    doc: 'Without effect: proxy-ssl annotations never reach the routes of other Ingresses, as with true in ingress-nginx.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

/** A Secret that can be used, of those things that it has; the error completes "expected …" and never shows content. */
const usable = (secret: Secret): Result<Secret> => {
  const { data, keyPair, authorities } = secret;
  if (authorities.kind === 'malformed') return fail('a Secret whose ca.crt holds PEM certificates');
  const hasPair = data.has('tls.crt') || data.has('tls.key');
  if (hasPair && !keyPair.valid) return fail(keyPair.reason);
  const isEmpty = authorities.kind === 'absent' && !hasPair;
  return isEmpty ? fail('a Secret with the key ca.crt, or with tls.crt and tls.key') : ok(secret);
};

const secretOf = (reference: string, references: References): Result<Secret, Refusal> =>
  readAs(references.secret(reference), 'InvalidSecret', usable);

const isEncrypted = (protocol: BackendProtocol): boolean => protocol === 'HTTPS' || protocol === 'GRPCS';

const mayBeEncrypted = (protocol: BackendProtocol): boolean => isEncrypted(protocol) || protocol === 'AUTO_HTTP';

/** What verification lacks; it completes "expected …". */
const lackOf = (settings: Settings, references: References): string | undefined => {
  const reference = settings['proxy-ssl-secret'];
  const secret = reference === undefined ? undefined : references.secret(reference);
  if (secret?.ok !== true || secret.value.authorities.kind !== 'valid') return 'proxy-ssl-secret with ca.crt beside it';
  if (settings['proxy-ssl-name'] === undefined) return 'proxy-ssl-name beside it';
  return isEncrypted(settings['backend-protocol']) ? undefined : 'backend-protocol HTTPS or GRPCS beside it';
};

const findings = (settings: Settings, { references }: CheckContext): readonly Finding[] => {
  const reference = settings['proxy-ssl-secret'];
  const ofSecret =
    reference === undefined ? [] : closingFindings('proxy-ssl-secret', reference, secretOf(reference, references));
  const expected = settings['proxy-ssl-verify'] ? lackOf(settings, references) : undefined;
  if (ofSecret.length > 0 || expected === undefined) return ofSecret;
  const key = 'proxy-ssl-verify';
  return [{ key, code: 'InvalidSecurityAnnotation', expected, received: 'on', closes: true }];
};

/** What only counts beside authorities. */
const addVerification = (settings: Settings, location: LocationDraft, kind: 'proxy' | 'grpc'): void => {
  location.add(`${kind}_ssl_ciphers`, settings['proxy-ssl-ciphers']);
  const [first = 'TLSv1.2', ...others] = settings['proxy-ssl-protocols'];
  location.add(`${kind}_ssl_protocols`, first, ...others);
  location.add(`${kind}_ssl_verify`, settings['proxy-ssl-verify']);
  location.add(`${kind}_ssl_verify_depth`, settings['proxy-ssl-verify-depth']);
};

const addTls = (
  settings: Settings,
  location: LocationDraft,
  { secret, references }: { readonly secret: Secret; readonly references: References },
): void => {
  const kind = settings['backend-protocol'] === 'GRPCS' ? 'grpc' : 'proxy';
  // A session of another route was not verified by these authorities, or belongs to another certificate.
  location.add(`${kind}_ssl_session_reuse`, false);
  if (secret.authorities.kind === 'valid') {
    location.add(`${kind}_ssl_trusted_certificate`, references.workerFile(secret.authorities.pem));
    addVerification(settings, location, kind);
  }
  if (secret.keyPair.valid) {
    const file = references.workerFile(secret.keyPair.pem);
    location.add(`${kind}_ssl_certificate`, file);
    location.add(`${kind}_ssl_certificate_key`, file);
  }
  const name = settings['proxy-ssl-name'];
  if (name === undefined) return;
  location.add(`${kind}_ssl_name`, name.value);
  location.add(`${kind}_ssl_server_name`, settings['proxy-ssl-server-name']);
};

/** Which protocol NGINX speaks to the pods, and whom it takes for them. */
export const backendProtocol = defineFamily({
  name: 'backend-protocol',
  summary: 'The protocol that NGINX speaks to the pods, and how TLS proves who they are.',
  keys,
  check: findings,
  shape(settings, route) {
    route.protocol = settings['backend-protocol'];
  },
  emitLocation(settings, location, { references }) {
    const reference = settings['proxy-ssl-secret'];
    if (settings['proxy-ssl-verify'] && lackOf(settings, references) !== undefined) return location.close();
    if (reference === undefined) return;
    const secret = secretOf(reference, references);
    if (!secret.ok) return location.close();
    if (mayBeEncrypted(settings['backend-protocol'])) addTls(settings, location, { secret: secret.value, references });
  },
});
