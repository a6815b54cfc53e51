import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMaster } from '../../src/agent/nginx-master.ts';
import { listProcesses, titleOf } from '../../src/agent/processes.ts';
import { layoutIn, type Layout } from '../../src/protocol/layout.ts';
import type { Status } from '../../src/protocol/messages.ts';
import { acceptingWorkers } from './accepting-workers.ts';
import { freePort } from './free-port.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 15;

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly pod: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

const newRoot = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'portico-e2e-'));
  chmodSync(root, 0o755);
  return root;
};

/** `portico run` as a user starts it, on a folder of manifests that the test edits, or on a cluster. */
export class PorticoRun {
  readonly manifests: string;
  readonly layout: Layout;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly #root: string;
  readonly #process: ChildProcess;

  private constructor(root: string, ports: readonly [number, number], flags: readonly string[]) {
    this.#root = root;
    [this.httpPort, this.httpsPort] = ports;
    this.manifests = join(root, 'manifests');
    this.layout = layoutIn(join(root, 'state'));
    const log = openSync(join(root, 'log'), 'a');
    const own = ['run', '--state-dir', join(root, 'state')];
    const listen = ['--http-port', String(this.httpPort), '--https-port', String(this.httpsPort)];
    this.#process = spawn(process.execPath, [MAIN, ...own, ...listen, ...flags], { stdio: ['ignore', log, log] });
  }

  /** Writes the manifests, starts, and waits until the first generation is live. */
  static async start(manifests: Readonly<Record<string, string>>, flags: readonly string[] = []): Promise<PorticoRun> {
    const root = newRoot();
    mkdirSync(join(root, 'manifests'));
    for (const [name, text] of Object.entries(manifests)) writeFileSync(join(root, 'manifests', name), text);
    const source = ['--manifests', join(root, 'manifests')];
    return PorticoRun.#open(root, [...source, ...flags]);
  }

  /** Starts on a cluster, and waits until the first generation is live. */
  static async follow(
    kubeconfig: string,
    flags: readonly string[] = [],
    ports?: readonly [http: number, https: number],
  ): Promise<PorticoRun> {
    return PorticoRun.#open(newRoot(), ['--kubeconfig', kubeconfig, ...flags], ports);
  }

  static async #open(
    root: string,
    flags: readonly string[],
    ports?: readonly [http: number, https: number],
  ): Promise<PorticoRun> {
    const run = new PorticoRun(root, ports ?? [await freePort(), await freePort()], flags);
    await run.until(() => run.status()?.live !== undefined, 'the first generation');
    return run;
  }

  /** Replaces a manifest as an editor does. */
  write(name: string, text: string): void {
    const incoming = join(this.#root, 'incoming');
    writeFileSync(incoming, text);
    renameSync(incoming, join(this.manifests, name));
  }

  remove(name: string): void {
    rmSync(join(this.manifests, name));
  }

  /** One request on a connection of its own. */
  get(host: string, path = '/', headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.httpPort, path, agent: false, headers: { host, ...headers } };
      request(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            pod: answer.headers['x-echo-pod'] as string | undefined,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      })
        .once('error', reject)
        .end();
    });
  }

  /** Waits for a condition; fails with what it waited for, and the log. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await condition())) {
      if (this.#hasEnded() && !this.#process.killed) throw new Error(`portico run ended\n${this.log()}`);
      if (performance.now() > deadline) throw new Error(`waited in vain for ${what}\n${this.log()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Waits until a host answers with this pod, or this status where it is a number. */
  async serves(host: string, expected: string | number, path = '/'): Promise<void> {
    const good = async (): Promise<boolean> => {
      const answer = await this.get(host, path).catch(() => undefined);
      return typeof expected === 'number' ? answer?.status === expected : answer?.pod === expected;
    };
    await this.until(good, `${host}${path} to answer ${expected}`);
  }

  /** Waits until a configuration with this text is live: no older worker accepts any more. */
  async live(text: string): Promise<void> {
    const isLive = (): boolean => {
      const status = this.status();
      return (
        status?.phase === 'live' &&
        readlinkSync(this.layout.run.current).endsWith(status.live ?? '-') &&
        this.config().includes(text)
      );
    };
    await this.until(isLive, `a live configuration with ${text}`);
  }

  log(): string {
    return readFileSync(join(this.#root, 'log'), 'utf8');
  }

  /** The configuration that NGINX runs. */
  config(): string {
    return readFileSync(this.layout.run.conf, 'utf8');
  }

  status(): Status | undefined {
    try {
      return JSON.parse(readFileSync(this.layout.report.status, 'utf8')) as Status;
    } catch {
      return undefined;
    }
  }

  /** Pid of a child of the supervisor: `controller` or `agent`. */
  async childPid(role: string): Promise<number> {
    for (const { pid, parent } of await listProcesses()) {
      const words = (await titleOf(pid)).split(' ');
      if (parent === this.#process.pid && words.includes(role)) return pid;
    }
    throw new Error(`no ${role} runs`);
  }

  async masterPid(): Promise<number> {
    const master = await findMaster(this.layout.run);
    if (master === undefined) throw new Error('no NGINX master runs');
    return master.pid;
  }

  workerPids(): Promise<readonly number[]> {
    return acceptingWorkers(this.layout.run);
  }

  /** Kills the supervisor itself; everything else has to notice. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Stops as Ctrl-C does; returns the exit code. */
  async stop(): Promise<number> {
    if (!this.#hasEnded()) {
      this.#process.kill('SIGINT');
      await once(this.#process, 'exit');
    }
    rmSync(this.#root, { recursive: true, force: true });
    return this.#process.exitCode ?? -1;
  }
}
