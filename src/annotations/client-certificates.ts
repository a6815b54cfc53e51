import type { Secret } from '../cluster/resources.ts';
import { parseClusterRegex, type ClusterRegex } from '../nginx/cluster-regex.ts';
import type { ServerDraft } from '../nginx/draft.ts';
import { expr } from '../nginx/expression.ts';
import type { Refusal } from '../problems/problem.ts';
import type { Redacted } from '../values/redacted.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { identityOf, type Proof, type RequestHeaders } from './client-identity.ts';
import { defineFamily, type CheckContext, type Finding, type SettingsOf } from './define.ts';
import { closingFindings, readAs } from './referenced.ts';
import type { References } from './references.ts';
import { bool, qualifiedName, textMatching, wholeNumber, type ValueType } from './value-types.ts';

const common = { source: 'annotation', scope: 'server', onInvalid: 'default' } as const;
const always = (): boolean => true;

type Verification = Proof['verify'];

const MODES: readonly Verification[] = ['on', 'off', 'optional', 'optional_no_ca'];

/** As ingress-nginx in these spellings only: whatever else is written asks for verification. */
const verification: ValueType<Verification> = {
  label: MODES.join(', '),
  examples: MODES,
  parse: (text) => {
    const found = MODES.find((mode) => mode === text);
    return found === undefined ? fail(`one of ${verification.label}`) : ok(found);
  },
};

/** A pattern of names; `text` is what was written. */
interface NamePattern {
  readonly text: string;
  readonly regex: ClusterRegex;
}

const namePattern: ValueType<NamePattern> = {
  label: 'CN= and a regular expression',
  examples: ['CN=client', 'CN=(shop|bank)-[0-9]+'],
  format: ({ text }) => text,
  parse: (text) => {
    if (!text.startsWith('CN=')) return fail(namePattern.label);
    const regex = parseClusterRegex(text);
    return regex.ok ? ok({ text, regex: regex.value }) : regex;
  },
};

const NOBODY: NamePattern = { text: 'CN= and nobody', regex: { pieces: ['(?!)'] } };

const SERVER = String.raw`https?:\/\/[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?`;
/** Locations of ours answer subrequests, and NGINX would let an error lead there. */
const errorPage = textMatching(
  'a URL or path of letters, digits and - . _ / without a query, or @ and the name of a location',
  new RegExp(`^(?:@(?!pt_)[A-Za-z0-9_-]{1,80}|(?=.)(?!/_portico/)(?:${SERVER})?(?:/(?!\\.\\.?(?:/|$))[\\w.-]*)*)$`),
  'https://errors.example.com/certificate',
);

const keys = {
  'auth-tls-secret': {
    ...common,
    type: qualifiedName('Secret', 'shop/clients'),
    whenInvalid: '',
    risk: 'Medium',
    onInvalid: 'close',
    compat: 'stricter',
    doc: 'Secret with the authorities (ca.crt) that sign the certificates of clients, and optionally what they revoked (ca.crl). It holds for whole hosts over HTTPS: the oldest Ingress of a host with a usable one decides, and one that asks for something else is closed there. Where the Secret cannot be used, the Ingress is closed, and with it those of its namespace that rely on it on the same host; ingress-nginx answers 403 for the host, or forgets the protection where ca.crt is missing.',
  },
  'auth-tls-verify-client': {
    ...common,
    type: verification,
    default: 'on',
    risk: 'Medium',
    protects: always,
    compat: 'stricter',
    doc: 'on: clients need a certificate that one of the authorities signed. optional: also none. optional_no_ca: any. off: nobody is asked for one. With on, requests over plain HTTP that are not redirected answer 403, except those of no-auth-locations; ingress-nginx serves them without a certificate. Without auth-tls-secret beside it the routes are closed, unless it is off.',
  },
  'auth-tls-verify-depth': {
    ...common,
    type: wholeNumber(1, 100),
    default: 1,
    risk: 'Low',
    protects: always,
    compat: 'stricter',
    doc: 'How many authorities may stand between the certificate of a client and one of ca.crt; more than 100 are refused.',
  },
  'auth-tls-error-page': {
    ...common,
    type: errorPage,
    risk: 'High',
    compat: 'differs',
    doc: 'What clients get that fail: a URL (302), a path of the host, which is served without a certificate, or @ and the name of a location of server-snippet. ingress-nginx drops an Ingress with an invalid one; here such clients get 400.',
  },
  'auth-tls-pass-certificate-to-upstream': {
    ...common,
    type: bool,
    default: false,
    risk: 'Low',
    compat: 'differs',
    doc: 'Whether backends get the certificate of the client, percent-encoded, in the header ssl-client-cert. What a client itself says in that header, or in ssl-client-verify and the others, never reaches a backend; in ingress-nginx it may.',
  },
  'auth-tls-match-cn': {
    ...common,
    type: namePattern,
    whenInvalid: NOBODY,
    risk: 'High',
    onInvalid: 'close',
    compat: 'same',
    doc: 'Regular expression that the subject of the certificate must match somewhere (RFC 2253: CN=client,O=Shop): CN=admin also matches CN=admin2, so end it with $ or a comma. Others get 403, also over plain HTTP.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

/** Whether an Ingress asks for certificates, be it in a way that cannot be read. */
export const asksClients = (settings: Settings): boolean => settings['auth-tls-secret'] !== undefined;

/** What two Ingresses of a host must have in common: the connection is verified before anybody knows the path. */
export const demandText = (settings: Settings): string =>
  JSON.stringify({ ...settings, 'auth-tls-pass-certificate-to-upstream': undefined });

/** What a Secret holds for verification. */
interface Usable {
  readonly authorities: Redacted;
  /** What they revoked; at most one list of lists. */
  readonly revoked: readonly Redacted[];
}

/** What a Secret holds, or what keeps it from being used; never content. */
const usable = ({ authorities, revocations }: Secret): Result<Usable> => {
  if (authorities.kind === 'absent') return fail('a Secret with the key ca.crt');
  if (authorities.kind === 'malformed') return fail('a Secret whose ca.crt holds PEM certificates');
  if (revocations.kind === 'malformed') return fail('a Secret whose ca.crl holds PEM revocation lists');
  return ok({ authorities: authorities.pem, revoked: revocations.kind === 'valid' ? [revocations.pem] : [] });
};

const secretOf = (reference: string, references: References): Result<Usable, Refusal> =>
  readAs(references.secret(reference), 'InvalidSecret', usable);

/** Keys that only count beside a Secret: whoever writes them wanted a protection. */
const DEPENDENT = [
  'auth-tls-verify-client',
  'auth-tls-verify-depth',
  'auth-tls-error-page',
  'auth-tls-match-cn',
] as const;

const findings = (settings: Settings, { references, written }: CheckContext): readonly Finding[] => {
  const reference = settings['auth-tls-secret'];
  // An empty one stands for what could not be read, which was said.
  if (reference === '') return [];
  if (reference !== undefined) return closingFindings('auth-tls-secret', reference, secretOf(reference, references));
  const beside = DEPENDENT.find((key) => written.has(key));
  if (beside === undefined || settings['auth-tls-verify-client'] === 'off') return [];
  const expected = `auth-tls-secret beside ${beside}`;
  return [{ key: 'auth-tls-secret', code: 'InvalidSecurityAnnotation', expected, closes: true }];
};

/** What an Ingress verifies clients by; nothing where it asks for nothing that can be had. */
export const clientAuthorities = (settings: Settings, references: References): Usable | undefined => {
  const reference = settings['auth-tls-secret'] ?? '';
  const found = reference === '' ? undefined : secretOf(reference, references);
  return found?.ok === true ? found.value : undefined;
};

/** What backends of a host are told of its clients; nothing where nobody asks them for certificates. */
export const clientIdentity = (settings: Settings): RequestHeaders =>
  asksClients(settings)
    ? identityOf({
        verify: settings['auth-tls-verify-client'],
        passesCertificate: settings['auth-tls-pass-certificate-to-upstream'],
      })
    : [];

const addVerification = (
  settings: Settings,
  server: ServerDraft,
  { secret, references }: { readonly secret: Usable; readonly references: References },
): void => {
  const { 'auth-tls-verify-client': verify, 'auth-tls-verify-depth': depth } = settings;
  const files = [secret.authorities, ...secret.revoked].map((pem) => references.workerFile(pem));
  const [authorities = '', revoked] = files;
  server.add('ssl_client_certificate', authorities);
  if (revoked !== undefined) server.add('ssl_crl', revoked);
  server.add('ssl_verify_client', verify);
  server.add('ssl_verify_depth', depth);
  server.keepSessionsApart([...files, verify, depth].join(' '));
};

const addErrorPage = (page: string, server: ServerDraft): void => {
  for (const code of [495, 496]) server.add('error_page', code, page);
  // NGINX inherits the answers to errors all or none.
  server.add('error_page', 502, '=', '@pt_unavailable');
};

const hostPattern = (host: string): string => {
  const name = host.replaceAll('.', '\\.').replace(/^\*/, '[\\w-]+');
  return `(?i)^${name}\\.?\\z`;
};

/**
 * A client without this host's name in its TLS handshake was verified by the server of all other hosts, whose
 * authorities may be those of another tenant. NGINX notices that only where the name is one that it serves.
 */
const refuseOthers = (host: string, server: ServerDraft): void => {
  const named = server.mapped(expr`${'ssl_server_name'}`, [
    { default: '' },
    { matches: hostPattern(host), value: '1' },
  ]);
  const verified = server.mapped(expr`${named}${'ssl_client_verify'}`, [
    { default: '' },
    { matches: '^[SF]', value: '1' },
  ]);
  server.answerIf({ phase: 'redirect', variable: verified, equals: '1', code: 421 });
};

const refuseUnnamed = ({ regex }: NamePattern, server: ServerDraft): void => {
  const lines = [{ default: '' }, { matchesCluster: regex, value: '1' }] as const;
  const matched = server.mapped(expr`${'ssl_client_s_dn'}`, lines);
  server.answerIf({ phase: 'redirect', variable: matched, equals: '', code: 403 });
};

/** Certificates that clients show. */
export const clientCertificates = defineFamily({
  name: 'client-certificates',
  summary: 'Certificates that clients show, and what backends learn of them.',
  keys,
  check: findings,
  emitServer(settings, server, { references, host, asksClients: asks }) {
    const secret = asks ? clientAuthorities(settings, references) : undefined;
    if (secret === undefined) return;
    addVerification(settings, server, { secret, references });
    const { 'auth-tls-error-page': page, 'auth-tls-match-cn': pattern } = settings;
    if (page !== undefined) addErrorPage(page, server);
    if (host !== '' && settings['auth-tls-verify-client'] !== 'off') refuseOthers(host, server);
    if (pattern !== undefined) refuseUnnamed(pattern, server);
  },
  emitLocation(settings, location, { identity, exempt, written, references }) {
    if (!asksClients(settings)) return;
    for (const [name, value] of identity) location.setBackendHeader(name, value);
    if (settings['auth-tls-verify-client'] !== 'on' || exempt || !written.has('auth-tls-secret')) return;
    if (clientAuthorities(settings, references) === undefined) return location.close();
    location.answerIf({ phase: 'rewrite', variable: 'scheme', equals: 'http', code: 403 });
  },
});
