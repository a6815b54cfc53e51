import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { EXIT, exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { port } from '../src/cli/flag-types.ts';
import { Fault } from '../src/problems/fault.ts';
import { startEcho } from '../test/support/echo-backend.ts';
import { writeManifests, type DemoPod } from './demo/manifests.ts';
import { locateNginx } from './nginx.ts';
import { withProgress } from './progress.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const POLL_MS = 100;

interface Ports {
  readonly http: number;
  readonly https: number;
}

const readPorts = (): Ports => {
  try {
    const options = {
      'http-port': { type: 'string', default: '8080' },
      'https-port': { type: 'string', default: '8443' },
    } as const;
    const { values } = parseArgs({ options });
    return { http: port.parse(values['http-port']), https: port.parse(values['https-port']) };
  } catch (cause) {
    throw new Fault('usage', 'usage: npm run demo -- [--http-port PORT] [--https-port PORT]', { cause });
  }
};

const refuseTakenPort = (wanted: number, flag: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause) => {
      const advice = `choose another: npm run demo -- ${flag} PORT`;
      reject(new Fault('port-in-use', `port ${wanted} cannot be listened on; ${advice}`, { cause }));
    });
    probe.listen(wanted, () => probe.close(() => resolve()));
  });

const startPods = (): Promise<readonly DemoPod[]> =>
  Promise.all(
    ['shop-1', 'shop-2', 'vault-1', 'tenants-1', 'archive-1'].map(async (name) => ({
      service: name.replace(/-\d$/, ''),
      echo: await startEcho({ name }),
    })),
  );

/** Resolves when the rewritten route is answered, or when nobody is there any more who could. */
const answered = async (httpPort: number, gone: AbortSignal): Promise<void> => {
  while (!gone.aborted && !(await asksShop(httpPort))) await setTimeout(POLL_MS);
};

const asksShop = (httpPort: number): Promise<boolean> =>
  new Promise((resolve) => {
    const sent = request(
      { host: '127.0.0.1', port: httpPort, path: '/shop/', headers: { host: 'shop.localhost' } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    sent.on('error', () => resolve(false)).end();
  });

const invitation = ({ http, https }: Ports, folder: string): string => `
Portico serves the examples. Try:

  curl http://shop.localhost:${http}/shop/cart          # a rewrite: the backend sees /cart
  curl -k https://vault.localhost:${https}/              # TLS, with a certificate made just now
  curl http://acme.tenants.localhost:${http}/           # a wildcard host

Edit a route and ask again, for instance the path in
  ${join(folder, 'shop.yaml')}

Ctrl-C stops everything.
`;

interface Demo {
  readonly ports: Ports;
  readonly nginx: string;
  /** The manifests that are served. */
  readonly folder: string;
}

/** Serves until a signal ends it; resolves to the exit code of Portico. */
const serve = async (demo: Demo): Promise<number> => {
  const portico = startPortico(demo);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => portico.kill('SIGTERM'));
  const gone = new AbortController();
  const exit = exitOf(portico).finally(() => gone.abort());
  await withProgress('Starting Portico', () => answered(demo.ports.http, gone.signal));
  if (!gone.signal.aborted) console.log(invitation(demo.ports, demo.folder));
  return exit;
};

/** In a group of its own, so that Ctrl-C reaches it once, through us; its channel tells it when we die. */
const startPortico = ({ ports, nginx, folder }: Demo): ChildProcess => {
  const args = ['run', '--manifests', folder, '--http-port', `${ports.http}`, '--https-port', `${ports.https}`];
  return fork(MAIN, args, { detached: true, env: { ...process.env, NGINX_BINARY: nginx } });
};

const exitOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? EXIT.bug));
  });

const runDemo = async (): Promise<number> => {
  const ports = readPorts();
  await refuseTakenPort(ports.http, '--http-port');
  await refuseTakenPort(ports.https, '--https-port');
  const nginx = await locateNginx();
  const folder = await mkdtemp(join(tmpdir(), 'portico-demo-'));
  const pods = await startPods();
  try {
    await writeManifests(folder, pods);
    return await serve({ ports, nginx, folder });
  } finally {
    await Promise.all(pods.map(({ echo }) => echo.close()));
    await rm(folder, { recursive: true });
  }
};

try {
  process.exitCode = await runDemo();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
