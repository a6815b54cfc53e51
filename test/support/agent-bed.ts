import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readIfPresent } from '../../src/agent/atomic-file.ts';
import { findMaster } from '../../src/agent/nginx-master.ts';
import { askGeneration } from '../../src/agent/verify-socket.ts';
import { encodeDesired, encodeShard, parseStatus } from '../../src/protocol/codec.ts';
import { checkPath } from '../../src/protocol/generation.ts';
import { layoutIn, type Layout } from '../../src/protocol/layout.ts';
import type { NameAnswer, Status } from '../../src/protocol/messages.ts';
import { sha256 } from '../../src/values/digest.ts';
import type { NginxModule } from '../../src/values/nginx-module.ts';
import { acceptingWorkers } from './accepting-workers.ts';

/** Names below our suffix, and what they answer. */
export type Table = Readonly<Record<string, NameAnswer>>;

const start = (module: URL, options: object): ChildProcess =>
  fork(module, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

const end = async (child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
};

/** A free TCP port of this machine. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

interface Surroundings {
  readonly digest: string;
  readonly layout: Layout;
  readonly port: number;
  readonly modules: readonly NginxModule[];
}

const whole = (http: string, { digest, layout, port, modules }: Surroundings): string => `
${modules.map((name) => `include "${layout.run.modules}/${name}.conf";`).join(' ')}pid "${layout.run.pid}";
include "${layout.run.localUser}"; include "${layout.run.localProcesses}"; include "${layout.run.localOpenFiles}";
error_log stderr crit;
error_log "${layout.run.emergLog}" emerg;
events { worker_connections 512; }
http {
    access_log off;
    keepalive_min_timeout 5s;
    client_body_temp_path "${layout.run.temp}/a"; proxy_temp_path "${layout.run.temp}/b"; fastcgi_temp_path "${layout.run.temp}/c";
    uwsgi_temp_path "${layout.run.temp}/d"; scgi_temp_path "${layout.run.temp}/e";
    include "${layout.run.resolver}";
    server { listen "unix:${layout.run.verifySocket}"; location = /generation { return 200 "${digest}"; } }
    ${http.replaceAll('PORT', String(port))}
    include "${layout.run.localHttp}";
}
`;

/** One state folder with an agent, an NGINX, and the test in the place of the controller. */
export class AgentBed {
  readonly layout: Layout;
  readonly httpPort: number;
  readonly statusPort: number;
  readonly binary: string;
  /** Where the agent looks for databases. */
  readonly geoipDir: string;
  #agent: ChildProcess | undefined;
  #supervisor: ChildProcess | undefined;
  #httpsPort: number;
  #attempt = 0;
  readonly #modules: readonly NginxModule[];
  #wanted = { digest: sha256('none'), shards: [] as string[], revision: sha256('none') };

  private constructor(root: string, ports: readonly [number, number, number], modules: readonly NginxModule[]) {
    this.layout = layoutIn(root);
    this.#modules = modules;
    [this.httpPort, this.#httpsPort, this.statusPort] = ports;
    this.geoipDir = join(root, 'geoip');
    this.binary = process.env['NGINX_BINARY'] ?? 'nginx';
  }

  /** Generations load these modules. */
  static async open(modules: readonly NginxModule[] = []): Promise<AgentBed> {
    const root = await mkdtemp(join(tmpdir(), 'portico-agent-'));
    await chmod(root, 0o755);
    const bed = new AgentBed(root, [await freePort(), await freePort(), await freePort()], modules);
    for (const folder of [bed.layout.desired.generations, bed.layout.desired.endpoints, bed.geoipDir])
      await mkdir(folder, { recursive: true });
    return bed;
  }

  get httpsPort(): number {
    return this.#httpsPort;
  }

  startAgent(): void {
    const { layout, binary: nginxBinary, httpPort, httpsPort, statusPort, geoipDir } = this;
    const options = { layout, nginxBinary, httpPort, httpsPort, statusPort, geoipDir };
    this.#agent = start(new URL('./agent-child.ts', import.meta.url), options);
  }

  stopAgent(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    return end(this.#agent, signal);
  }

  startSupervisor(): void {
    this.#supervisor = start(new URL('./supervisor-child.ts', import.meta.url), {
      binary: this.binary,
      run: this.layout.run,
      quitLimitMs: 500,
    });
  }

  stopSupervisor(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    return end(this.#supervisor, signal);
  }

  /** Agent, NGINX, and the bootstrap configuration in force. */
  async start(): Promise<void> {
    this.startAgent();
    this.startSupervisor();
    await this.until(
      async () => (await askGeneration(this.layout.run.verifySocket)) === 'bootstrap',
      'the bootstrap configuration',
    );
  }

  async close(): Promise<void> {
    await this.stopAgent();
    await this.stopSupervisor();
    await rm(this.layout.desired.root.replace(/\/desired$/, ''), { recursive: true, force: true });
  }

  /** Writes a generation around the content of its `http` block and asks for it; `PORT` stands for the HTTP port. */
  async ask(http: string, table?: Table): Promise<string> {
    const digest = await this.write(http);
    this.#wanted = { ...this.#wanted, digest };
    await this.again(table);
    return digest;
  }

  /** Writes a generation that nobody asks for yet. */
  async write(http: string): Promise<string> {
    const digest = sha256(http);
    const folder = join(this.layout.desired.generations, digest);
    await mkdir(folder, { recursive: true });
    const surroundings = { digest, layout: this.layout, port: this.httpPort, modules: this.#modules };
    await writeFile(join(folder, 'nginx.conf'), whole(http, surroundings));
    return digest;
  }

  /** Writes what is enough to test of a generation where `base` is live. */
  async writeCheck(http: string, base: string, check: string): Promise<void> {
    const digest = await this.write(http);
    await writeFile(join(this.layout.desired.generations, digest, checkPath(base)), check);
  }

  /** Asks for the same generation once more. */
  async again(table?: Table): Promise<void> {
    this.#attempt += 1;
    await this.feed(table);
  }

  /** Changes the endpoint table only. */
  async feed(names?: Table): Promise<void> {
    if (names !== undefined) {
      const text = encodeShard({ names });
      const shard = `${sha256(text).slice(0, 16)}.json`;
      await writeFile(join(this.layout.desired.endpoints, shard), text);
      this.#wanted = { ...this.#wanted, shards: [shard], revision: sha256(text) };
    }
    const { digest, shards, revision } = this.#wanted;
    await this.name(encodeDesired({ protocol: 1, digest, attempt: this.#attempt, runtimeRevision: revision, shards }));
  }

  /** Replaces `current.json` by any text. */
  async name(text: string): Promise<void> {
    const { current } = this.layout.desired;
    await writeFile(`${current}.incoming`, text);
    await rename(`${current}.incoming`, current);
  }

  get revision(): string {
    return this.#wanted.revision;
  }

  async status(): Promise<Status | undefined> {
    const text = await readIfPresent(this.layout.report.status);
    if (text === undefined) return undefined;
    const parsed = parseStatus(text);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  }

  /** The verdict on the newest request. */
  async verdict(): Promise<Status> {
    const isVerdict = ({ phase, attempt, digest }: Status): boolean =>
      ['live', 'refused', 'failed'].includes(phase) && attempt === this.#attempt && digest === this.#wanted.digest;
    return this.statusWhere(isVerdict);
  }

  async statusWhere(expected: (status: Status) => boolean): Promise<Status> {
    let found: Status | undefined;
    await this.until(async () => {
      found = await this.status();
      return found !== undefined && expected(found);
    }, 'a status');
    if (found === undefined) throw new Error('there is no status');
    return found;
  }

  /** Looks again and again; there is no event for what another process reaches. */
  async until(reached: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (!(await reached())) {
      if (performance.now() > deadline)
        throw new Error(`${what} was not reached; status: ${JSON.stringify(await this.status())}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async masterPid(): Promise<number | undefined> {
    return (await findMaster(this.layout.run))?.pid;
  }

  workerPids(): Promise<readonly number[]> {
    return acceptingWorkers(this.layout.run);
  }

  async current(): Promise<string> {
    return basename(await readlink(this.layout.run.current));
  }

  /** What kubelet is told. */
  async probe(path: string): Promise<number> {
    return (await fetch(`http://127.0.0.1:${this.statusPort}${path}`, { headers: { connection: 'close' } })).status;
  }

  async get(path = '/'): Promise<{ readonly status: number; readonly pod: string | null; readonly body: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.httpPort}${path}`, { headers: { connection: 'close' } });
    return { status: answer.status, pod: answer.headers.get('x-echo-pod'), body: await answer.text() };
  }
}
