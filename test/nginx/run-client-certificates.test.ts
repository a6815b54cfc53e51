import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../src/cli/issue-certificate.ts';
import { makeCertificate } from '../support/certificates.ts';
import { askTls, type TlsAnswer, type TlsRequest } from '../support/client-tls.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';
import { makeRevocationList } from '../support/revocation-list.ts';

let pod: Echo;
let portico: PorticoRun;
/** The second has the name of the first. */
let authority: IssuedCertificate;
let impostor: IssuedCertificate;
let good: IssuedCertificate;
let bad: IssuedCertificate;
let distant: IssuedCertificate;

const ask = (wish: TlsRequest): Promise<TlsAnswer> => askTls(portico.httpsPort, wish);
const statusOf = async (wish: TlsRequest): Promise<number> => (await ask(wish)).status;
const answers = (wish: TlsRequest, status: number): Promise<void> =>
  portico.until(async () => (await statusOf(wish)) === status, `${wish.host} to answer ${status}`);

const secret = (name: string, data: Readonly<Record<string, string>>): string => `---
apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: default }
stringData: ${JSON.stringify(data)}
`;

const asking = (host: string, more: Readonly<Record<string, string>> = {}, name = 'clients'): string =>
  ingress(host.replaceAll('.', '-'), {
    host,
    service: 'web',
    annotations: { 'auth-tls-secret': `default/${name}`, ...more },
  });

const HOSTS = [
  asking('on.example', { 'auth-tls-pass-certificate-to-upstream': 'true' }),
  asking('deep.example', { 'auth-tls-verify-depth': '2' }),
  asking('optional.example', { 'auth-tls-verify-client': 'optional' }),
  asking('any.example', { 'auth-tls-verify-client': 'optional_no_ca' }),
  asking('off.example', { 'auth-tls-verify-client': 'off' }),
  asking('named.example', { 'auth-tls-match-cn': 'CN=go+d$' }),
  asking('sent.example', { 'auth-tls-error-page': 'https://errors.example/certificate' }),
  asking('page.example', { 'auth-tls-error-page': '/failed' }),
  asking('other.example', {}, 'impostors'),
  ingress('free', { host: 'free.example', service: 'web' }),
];
/** Takes whoever the impostor signed, on every host that is not named. */
const EVERYBODY_ELSE = asking('', {}, 'impostors')
  .replace('host: ""\n      http', 'http')
  .replace('name: \n', 'name: rest\n');

beforeAll(async () => {
  pod = await startEcho({ name: 'pod' });
  const signing = { names: [], authority: 'authority' } as const;
  authority = await makeCertificate({ ...signing, commonName: 'authority' });
  impostor = await makeCertificate({ ...signing, commonName: 'authority' });
  const first = await makeCertificate({ ...signing, commonName: 'first', issuer: authority });
  const second = await makeCertificate({ ...signing, commonName: 'second', issuer: first });
  good = await makeCertificate({ names: [], commonName: 'good', issuer: authority });
  bad = await makeCertificate({ names: [], commonName: 'good', issuer: impostor });
  const far = await makeCertificate({ names: [], commonName: 'far', issuer: second });
  distant = { ...far, cert: far.cert + second.cert + first.cert };
  portico = await PorticoRun.start({
    'web.yaml': service('web', [pod]) + HOSTS.join(''),
    'clients.yaml': secret('clients', { 'ca.crt': authority.cert }),
    'impostors.yaml': secret('impostors', { 'ca.crt': impostor.cert }),
  });
});
afterAll(async () => {
  await portico.stop();
  await pod.close();
});

describe('a client of a host that asks for certificates', () => {
  const table: readonly (readonly [host: string, none: number, good: number, bad: number])[] = [
    ['on.example', 400, 200, 400],
    ['optional.example', 200, 200, 400],
    ['any.example', 200, 200, 200],
    ['off.example', 200, 200, 200],
    ['named.example', 400, 200, 400],
    ['sent.example', 302, 200, 302],
    ['page.example', 400, 200, 400],
    ['other.example', 400, 400, 200],
  ];
  it.each(table)(
    '%s gets %i without one, %i with a good one, %i with that of another authority',
    async (host, ...wanted) => {
      const got = await Promise.all([{}, { client: good }, { client: bad }].map((one) => statusOf({ host, ...one })));
      expect(got).toEqual(wanted);
    },
  );

  it('is led to the error page, which alone is served without a certificate', async () => {
    expect((await ask({ host: 'sent.example' })).location).toBe('https://errors.example/certificate');
    expect((await ask({ host: 'page.example', path: '/secret' })).seen).toMatchObject({ 'ssl-client-verify': 'NONE' });
  });

  it('may be as far from its authority as the depth says', async () => {
    expect(await statusOf({ host: 'on.example', client: distant })).toBe(400);
    expect(await statusOf({ host: 'deep.example', client: distant })).toBe(200);
  });

  it('gets nothing over plain HTTP where it needs one', async () => {
    for (const [host, status] of [
      ['on.example', 403],
      ['named.example', 403],
      ['optional.example', 200],
    ] as const)
      expect((await portico.get(host)).status, host).toBe(status);
    expect((await portico.get('on.example', '/', { 'X-Forwarded-Proto': 'https' })).status).toBe(403);
  });
});

describe('a backend learns', () => {
  const forged = { 'ssl-client-verify': 'SUCCESS', 'ssl-client-subject-dn': 'CN=root', 'ssl-client-cert': 'forged' };
  const learns = async (wish: TlsRequest): Promise<readonly (string | undefined)[]> => {
    const { seen = {} } = await ask({ headers: { ...forged, 'ssl-client-issuer-dn': 'CN=root' }, ...wish });
    return ['verify', 'subject-dn', 'issuer-dn'].map((name) => seen[`ssl-client-${name}`]);
  };

  it('who a client proved to be, and nothing that it says of itself', async () => {
    expect(await learns({ host: 'on.example', client: good })).toEqual(['SUCCESS', 'CN=good', 'CN=authority']);
    expect(await learns({ host: 'optional.example' })).toEqual(['NONE', undefined, undefined]);
    expect((await learns({ host: 'any.example', client: bad }))[0]).toMatch(/^FAILED:/);
    expect(await learns({ host: 'free.example' })).toEqual([undefined, undefined, undefined]);
  });

  it('its certificate, only where that is asked for', async () => {
    const { seen = {} } = await ask({ host: 'on.example', client: good, headers: forged });
    expect(decodeURIComponent(seen['ssl-client-cert'] ?? '')).toBe(good.cert);
    expect((await ask({ host: 'deep.example', client: good, headers: forged })).seen).not.toHaveProperty(
      'ssl-client-cert',
    );
  });

  it('nothing from a connection of another host where nobody is verified', async () => {
    expect(await learns({ host: 'off.example', sni: 'other.example', client: bad })).toEqual([
      'NONE',
      undefined,
      undefined,
    ]);
    expect(await learns({ host: 'free.example', sni: 'other.example', client: bad })).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('the TLS of another host opens no door, over %s', (version) => {
  const here = (wish: Partial<TlsRequest>): Promise<number> =>
    statusOf({ host: 'on.example', client: bad, version, ...wish });

  it('neither by its name nor without one', async () => {
    expect(await here({ sni: 'other.example' })).toBe(421);
    expect(await here({ sni: 'free.example' })).toBe(421);
    expect(await here({ sni: 'unknown.example' })).toBe(400);
    expect(await here({ sni: '' })).toBe(400);
  });

  it('nor by its sessions', async () => {
    const { session, status } = await ask({ host: 'other.example', client: bad, version });
    expect([status, session === undefined]).toEqual([200, false]);
    expect(await here(session === undefined ? {} : { session })).toBe(400);
  });

  it('nor where all other hosts take certificates of another authority with the same name', async () => {
    portico.write('rest.yaml', EVERYBODY_ELSE);
    await answers({ host: 'unknown.example', version }, 400);
    expect(await here({ host: 'unknown.example' })).toBe(200);
    expect(await here({ sni: '' })).toBe(421);
    expect(await here({ sni: 'unknown.example' })).toBe(421);
    expect(await here({ host: 'optional.example', sni: '' })).toBe(421);
    const { session } = await ask({ host: 'unknown.example', sni: '', client: bad, version });
    expect(session).toBeDefined();
    expect(await here(session === undefined ? {} : { session })).toBe(400);
    portico.remove('rest.yaml');
    await answers({ host: 'unknown.example', version }, 404);
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('an edit of the Secret takes effect, over %s', (version) => {
  const client = { host: 'on.example', version } as const;
  const live = (data: Readonly<Record<string, string>>): void => portico.write('clients.yaml', secret('clients', data));

  it('for those who have a session too', async () => {
    live({ 'ca.crt': authority.cert });
    await answers({ ...client, client: good }, 200);
    const { session } = await ask({ ...client, client: good });
    const resuming = { ...client, ...(session === undefined ? {} : { session }) };
    expect(await ask(resuming)).toMatchObject({ status: 200, resumed: true });

    live({ 'ca.crt': impostor.cert });
    await answers({ ...client, client: bad }, 200);
    expect(await ask(resuming)).toMatchObject({ status: 400, resumed: false });
  });

  it('of what is revoked as well', async () => {
    live({ 'ca.crt': authority.cert, 'ca.crl': makeRevocationList(authority, []) });
    await answers({ ...client, client: good }, 200);
    const { session } = await ask({ ...client, client: good });
    live({ 'ca.crt': authority.cert, 'ca.crl': makeRevocationList(authority, [good]) });
    await answers({ ...client, client: good }, 400);
    expect(await statusOf({ ...client, ...(session === undefined ? {} : { session }) })).toBe(400);
  });

  it.each<readonly [what: string, data: (good: string) => Readonly<Record<string, string>>]>([
    ['without authorities', () => ({ 'tls.crt': 'x' })],
    ['with text in their place', () => ({ 'ca.crt': 'no certificate' })],
    ['with text in place of what is revoked', (good) => ({ 'ca.crt': good, 'ca.crl': 'no list' })],
  ])('%s it closes the host, until it is corrected', async (_, data) => {
    live(data(authority.cert));
    await answers({ ...client, client: good }, 503);
    expect(await statusOf({ host: 'free.example' })).toBe(200);
    live({ 'ca.crt': authority.cert });
    await answers({ ...client, client: good }, 200);
  });

  it('where it is deleted it closes the host', async () => {
    portico.remove('clients.yaml');
    await answers({ ...client, client: good }, 503);
    expect(await statusOf({ host: 'free.example' })).toBe(200);
    live({ 'ca.crt': authority.cert });
    await answers({ ...client, client: good }, 200);
  });
});
