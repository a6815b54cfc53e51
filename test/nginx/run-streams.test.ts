import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSocket } from 'node:dgram';
import { connect as connectTls } from 'node:tls';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { freePort } from '../support/free-port.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

/** A pod that says its name and what came first, then ends. */
const startPod = async (name: string, address: string, port: number): Promise<Server> => {
  const pod = createServer((socket) => socket.once('data', (sent) => socket.end(`${name} ${sent.toString()}`)));
  pod.listen(port, address);
  await once(pod, 'listening');
  return pod;
};

/** What a TCP port answers to a line. */
const say = async (port: number, line = 'hello', from = '127.0.0.1'): Promise<string> => {
  const socket: Socket = connect({ host: '127.0.0.1', port, localAddress: from });
  socket.write(line);
  return text(socket).catch(() => 'refused');
};

const config = (entries: Readonly<Record<string, string>>, name = 'tcp'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: entries,
  });

const reloads = (run: PorticoRun): number => run.log().match(/generation is live/g)?.length ?? 0;

let portico: PorticoRun;
afterEach(() => portico.stop());

describe('a TCP service', () => {
  let pods: readonly Server[] = [];
  let podPort = 0;
  beforeAll(async () => {
    podPort = await freePort();
    pods = await Promise.all([startPod('one', '127.0.0.1', podPort), startPod('two', '127.0.0.2', podPort)]);
  });
  afterAll(() => pods.forEach((pod) => pod.close()));

  const at = (...addresses: readonly string[]): string =>
    service(
      'web',
      addresses.map((address) => ({ address, port: podPort })),
    );
  const begin = async (entry: (port: number) => Readonly<Record<string, string>>): Promise<number> => {
    const port = await freePort();
    const manifests = { 'pods.yaml': at('127.0.0.1'), 'tcp.json': config(entry(port)) };
    portico = await PorticoRun.start(manifests, ['--tcp-services-configmap', 'default/tcp']);
    return port;
  };

  it('follows its pods without a reload, and refuses connections while it has none', async () => {
    const port = await begin((own) => ({ [own]: 'default/web:80' }));
    const answers = (expected: string) => async () => (await say(port)) === expected;
    await portico.until(answers('one hello'), 'the first pod');
    const before = reloads(portico);
    portico.write('pods.yaml', at('127.0.0.2'));
    await portico.until(answers('two hello'), 'the second pod');
    portico.write(
      'pods.yaml',
      service('web', [{ address: '127.0.0.1', port: podPort }]).replace(
        'endpoints: [{',
        'endpoints: [{ conditions: { ready: false },',
      ),
    );
    await portico.until(answers(''), 'no pod');
    portico.write('pods.yaml', at('127.0.0.1'));
    await portico.until(answers('one hello'), 'the first pod again');
    expect(reloads(portico)).toBe(before);
  });

  it('is opened and closed by an edit, and keeps the others when an entry is wrong', async () => {
    const port = await begin((own) => ({ [own]: 'default/web:80' }));
    const further = await freePort();
    portico.write('tcp.json', config({ [port]: 'default/web:80', [further]: 'default/web:80', smtp: 'x' }));
    await portico.live(`listen ${further};`);
    await portico.until(async () => (await say(further)) === 'one hello', 'the further port');
    expect(await say(port)).toBe('one hello');
    portico.write('tcp.json', config({ [further]: 'default/web:80' }));
    await portico.until(async () => !portico.config().includes(`listen ${port};`), 'the port to go');
    await portico.until(async () => (await say(port)) === 'refused', 'nobody to listen');
  });

  it('is told and left out while somebody else holds its port, and opened once that is free', async () => {
    const holder = await startPod('stranger', '0.0.0.0', await freePort());
    const { port: held } = holder.address() as AddressInfo;
    const port = await begin((own) => ({ [own]: 'default/web:80', [held]: 'default/web:80' }));
    await portico.until(async () => (await say(port)) === 'one hello', 'the other port');
    expect(await say(held)).toBe('stranger hello');
    expect(portico.log()).toMatch(new RegExp(`StreamPortHeld.*${held} failed \\(98: Address already in use\\)`));
    portico.write('pods.yaml', `${at('127.0.0.1')}---\n${ingress('later', { host: 'later.example', service: 'web' })}`);
    await portico.live('later.example');
    holder.close();
    await portico.until(async () => (await say(held)) === 'one hello', 'the port that was held');
  });

  it('reads the PROXY protocol from clients and writes it to pods', async () => {
    const port = await begin((own) => ({ [own]: 'default/web:80::PROXY' }));
    const told = async (): Promise<boolean> =>
      (await say(port, 'x', '127.0.0.9')).startsWith('one PROXY TCP4 127.0.0.9 ');
    await portico.until(told, 'the address of the client');
    portico.write('tcp.json', config({ [port]: 'default/web:80:PROXY' }));
    await portico.live(`listen ${port} proxy_protocol;`);
    const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nhello';
    await portico.until(async () => (await say(port, line)) === 'one hello', 'the line to be taken away');
  });
});

describe('a UDP service', () => {
  it('leads datagrams to a pod and back', async () => {
    const pod = createSocket('udp4').bind(0, '127.0.0.1');
    await once(pod, 'listening');
    pod.on('message', (sent, { port, address }) => pod.send(`pod ${sent.toString()}`, port, address));
    const port = await freePort();
    const own = service('dns', [{ address: '127.0.0.1', port: pod.address().port }]).replaceAll(
      /(port: \d+)/g,
      '$1, protocol: UDP',
    );
    const manifests = { 'pods.yaml': own, 'udp.json': config({ [port]: 'default/dns:80' }, 'udp') };
    portico = await PorticoRun.start(manifests, ['--udp-services-configmap', 'default/udp']);
    const client = createSocket('udp4').bind(0, '127.0.0.1');
    const answers: string[] = [];
    client.on('message', (answer) => answers.push(answer.toString()));
    await portico.until(() => {
      client.send('hello', port, '127.0.0.1');
      return answers.includes('pod hello');
    }, 'an answer');
    client.close();
    pod.close();
  });
});

describe('TLS that is passed through', () => {
  let secure: Echo;
  let plain: Echo;
  beforeAll(async () => {
    const tls = await makeCertificate({ names: ['pod.test'] });
    secure = await startEcho({ name: 'secure', protocol: 'https', address: '127.0.0.1', tls });
    plain = await startEcho({ name: 'plain', address: '127.0.0.1' });
  });
  afterAll(() => Promise.all([secure.close(), plain.close()]));

  /** One request over TLS: who showed which certificate, and what came back. */
  const askTls = async (servername: string, from = '127.0.0.1'): Promise<{ name: string; body: string }> => {
    const raw = connect({ host: '127.0.0.1', port: portico.httpsPort, localAddress: from });
    const socket = connectTls({ socket: raw, servername, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const name = String(socket.getPeerCertificate().subject.CN);
    socket.write(`GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
    return { name, body: await text(socket) };
  };

  const begin = async (): Promise<void> => {
    const manifests = {
      'pods.yaml': [service('secure', [secure]), service('plain', [plain])].join('\n---\n'),
      'pass.yaml': ingress('pass', {
        host: 'pass.example',
        service: 'secure',
        annotations: { 'ssl-passthrough': 'true' },
      }),
      'web.yaml': ingress('web', {
        host: 'web.example',
        service: 'plain',
        annotations: { 'whitelist-source-range': '127.0.0.9' },
      }),
    };
    portico = await PorticoRun.start(manifests, ['--enable-ssl-passthrough']);
    await portico.until(async () => (await askTls('pass.example')).name === 'pod.test', 'the certificate of the pod');
  };

  it('reaches the pod unopened, and every other name NGINX with the address of the client', async () => {
    await begin();
    expect((await askTls('pass.example')).body).toContain('"name":"secure"');
    const { name, body } = await askTls('web.example', '127.0.0.9');
    expect(name).not.toBe('pod.test');
    expect(body).toMatch(/"X-Forwarded-For","127\.0\.0\.9"/i);
    expect(body).toMatch(new RegExp(`"X-Forwarded-Port","${portico.httpsPort}"`, 'i'));
    expect((await askTls('web.example', '127.0.0.8')).body).toMatch(/^HTTP\/1\.1 403 /);
    expect((await portico.get('pass.example')).pod).toBe('secure');
  });

  it('is for nobody who asks for another name', async () => {
    await begin();
    const names = [
      'xpass.example',
      'pass.example.evil',
      'default',
      'hostnames',
      'include',
      '$host',
      '~.*',
      'unix:',
      '',
    ];
    for (const name of names) {
      const reached = await askTls(name).then(
        (answer) => answer.name,
        () => 'nobody',
      );
      expect(reached, name).not.toBe('pod.test');
    }
  });
});
