import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEcho, type Echo, type Echoed } from '../support/echo-backend.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'safe.example';
const seen: Echoed[] = [];
let pods: Echo[] = [];
let portico: PorticoRun;
let folder: string;

const settings = (data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'portico', namespace: 'default' }, data });

const set = async (data: Readonly<Record<string, string>>, live: string): Promise<void> => {
  portico.write('settings.json', settings(data));
  await portico.live(live);
};

const shakeHands = async (options: ConnectionOptions): Promise<TLSSocket> => {
  const where = { host: '127.0.0.1', port: portico.httpsPort, servername: HOST, rejectUnauthorized: false };
  const socket = connect({ ...where, ...options });
  await once(socket, 'secureConnect');
  return socket;
};

/** TLS 1.2 hands out sessions within the handshake. */
const newSession = async (): Promise<Buffer> => {
  const socket = await shakeHands({ maxVersion: 'TLSv1.2' });
  const session = socket.getSession();
  socket.destroy();
  return session ?? Buffer.alloc(0);
};

const isResumed = async (session: Buffer): Promise<boolean> => {
  const socket = await shakeHands({ maxVersion: 'TLSv1.2', session });
  const resumed = socket.isSessionReused();
  socket.destroy();
  return resumed;
};

const key = (byte: number): string => Buffer.alloc(80, byte).toString('base64');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-sessions-'));
  pods = [await startEcho({ name: 'pod', onRequest: (request) => seen.push(request) })];
  portico = await PorticoRun.start(
    {
      'web.yaml': service('web', pods) + ingress('safe', { host: HOST, service: 'web' }),
      'settings.json': settings({}),
    },
    ['--configmap', 'default/portico'],
  );
  await portico.serves(HOST, 'pod');
});
afterAll(async () => {
  await portico.stop();
  rmSync(folder, { recursive: true });
  await Promise.all(pods.map((pod) => pod.close()));
});

describe('a TLS session', () => {
  it('is resumed from the cache, and from no cache where there is none', async () => {
    expect(await isResumed(await newSession())).toBe(true);
    await set({ 'ssl-session-cache-size': '20m' }, 'ssl_session_cache shared:pt_tls:20m;');
    expect(await isResumed(await newSession())).toBe(true);
    await set({ 'ssl-session-cache': 'false' }, 'ssl_session_cache none;');
    expect(await isResumed(await newSession())).toBe(false);
  });

  it('is resumed by a ticket beyond reloads while the key is the same, which only NGINX can read', async () => {
    const tickets = { 'ssl-session-cache': 'false', 'ssl-session-tickets': 'true' };
    await set({ ...tickets, 'ssl-session-ticket-key': key(1) }, 'ssl_session_ticket_key');
    const session = await newSession();
    await set({ ...tickets, 'ssl-session-ticket-key': key(1), 'ssl-buffer-size': '8k' }, 'ssl_buffer_size 8k;');
    expect(await isResumed(session)).toBe(true);

    const { files } = portico.layout.desired;
    const [name = ''] = readdirSync(files).filter((file) =>
      readFileSync(join(files, file)).equals(Buffer.alloc(80, 1)),
    );
    expect(portico.config()).toContain(`ssl_session_ticket_key ${files}/${name};`);
    expect(statSync(join(files, name)).mode & 0o777).toBe(0o640);

    await set({ ...tickets, 'ssl-session-ticket-key': key(2) }, 'ssl_buffer_size 4k;');
    expect(await isResumed(session)).toBe(false);
    portico.write('settings.json', settings({ ...tickets, 'ssl-session-ticket-key': `${key(3)}.` }));
    await portico.until(() => portico.log().includes('base64 of 48 or 80'), 'the report');
    for (const byte of [1, 2, 3]) expect(portico.log() + portico.config()).not.toContain(key(byte).slice(0, 16));
  });
});

it('shakes hands by the groups that are named only', async () => {
  await set({ 'ssl-ecdh-curve': 'P-256:X25519' }, 'ssl_ecdh_curve P-256:X25519;');
  const socket = await shakeHands({ ecdhCurve: 'P-256' });
  expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: 'prime256v1' });
  socket.destroy();
  await expect(shakeHands({ ecdhCurve: 'P-384' })).rejects.toThrow(/alert/);
});

describe('early data', () => {
  let slow: Server;
  beforeAll(async () => {
    slow = await startSlowAnswers();
  });
  afterAll(() => slow.close());
  const text = (method: string, connection: string): string =>
    `${method} /early HTTP/1.1\r\nHost: ${HOST}\r\nConnection: ${connection}\r\n\r\n`;
  /**
   * Passes connections on to NGINX and keeps its answers back for a while, so that a client cannot finish the
   * handshake before NGINX has read the request: data is early only until then.
   */
  const startSlowAnswers = async (): Promise<Server> => {
    const server = createServer((client) => {
      const nginx = createConnection(portico.httpsPort, '127.0.0.1');
      client.pipe(nginx);
      setTimeout(() => nginx.pipe(client), 500);
      const end = (): void => {
        client.destroy();
        nginx.destroy();
      };
      client.on('error', end);
      nginx.on('error', end);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return server;
  };
  /** Sends a request by OpenSSL's own client; an early one with the session of the one before, a DELETE after it. */
  const send = async (method: string, when: 'early' | 'late'): Promise<string> => {
    const session = join(folder, 'session');
    const early = join(folder, 'early');
    writeFileSync(early, text(method, 'keep-alive'));
    const { port } = slow.address() as AddressInfo;
    const to = ['-connect', `127.0.0.1:${port}`, '-servername', HOST, '-tls1_3', '-ign_eof'];
    const by = when === 'early' ? ['-sess_in', session, '-early_data', early] : ['-sess_out', session];
    const input = text(when === 'early' ? 'DELETE' : method, 'close');
    const { stdout } = await execa('openssl', ['s_client', ...to, ...by], { input, reject: false, timeout: 10_000 });
    return stdout;
  };
  const headerOf = (request: Echoed | undefined): readonly string[] =>
    (request?.headers ?? []).filter(([name]) => name.toLowerCase() === 'early-data').map(([, value]) => value);

  it('reaches pods with a warning, and where it would change something it has to be sent again', async () => {
    await set({ 'ssl-early-data': 'true' }, 'ssl_early_data on;');
    expect(await send('GET', 'late')).toContain('HTTP/1.1 200');
    expect(headerOf(seen.at(-1))).toEqual([]);

    const early = await send('GET', 'early');
    expect(early).toContain('Early data was accepted');
    expect(early.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(seen.slice(-2).map(({ method }) => method)).toEqual(['GET', 'DELETE']);
    expect(seen.slice(-2).map(headerOf)).toEqual([['1'], []]);

    expect(await send('POST', 'late')).toContain('HTTP/1.1 200');
    const before = seen.length;
    const unsafe = await send('POST', 'early');
    expect(unsafe).toContain('Early data was accepted');
    expect(unsafe.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 425', 'HTTP/1.1 200']);
    expect(seen.slice(before).map(({ method }) => method)).toEqual(['DELETE']);
  });
});
