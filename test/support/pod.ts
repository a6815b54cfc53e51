import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { buildBundles, type Bundles } from '../../scripts/build.ts';
import { findMaster } from '../../src/agent/nginx-master.ts';
import { listProcesses, titleOf, type Process } from '../../src/agent/processes.ts';
import { layoutIn, type Layout } from '../../src/protocol/layout.ts';
import { acceptingWorkers } from './accepting-workers.ts';
import { freePort } from './free-port.ts';
import { residentMegabytes } from './process-figures.ts';

const IMAGES = resolve(import.meta.dirname, '../../images');
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 15;

/** The containers of a Pod. */
export type Container = 'nginx' | 'controller';

const newRoot = async (): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'portico-pod-'));
  await chmod(root, 0o755);
  return root;
};

/** Both containers of a Pod without a container: their entrypoints and bundles as in the images, in a folder. */
export class Pod {
  readonly httpPort: number;
  readonly statusPort: number;
  readonly layout: Layout;
  readonly bundles: Bundles;
  readonly #httpsPort: number;
  readonly #root: string;
  readonly #source: readonly string[];
  readonly #shells = new Map<Container, ChildProcess>();

  private constructor(
    root: string,
    bundles: Bundles,
    options: { readonly source: readonly string[]; readonly ports: readonly [number, number, number] },
  ) {
    this.#root = root;
    this.#source = options.source;
    this.bundles = bundles;
    this.layout = layoutIn(join(root, 'state'));
    [this.httpPort, this.#httpsPort, this.statusPort] = options.ports;
  }

  /** On a folder with these manifests. */
  static async create(manifests: string): Promise<Pod> {
    const root = await newRoot();
    await mkdir(join(root, 'manifests'));
    const pod = await Pod.#in(root, ['--manifests', join(root, 'manifests')]);
    await pod.write(manifests);
    return pod;
  }

  /** On a cluster. */
  static async follow(kubeconfig: string): Promise<Pod> {
    return Pod.#in(await newRoot(), ['--kubeconfig', kubeconfig]);
  }

  static async #in(root: string, source: readonly string[]): Promise<Pod> {
    const bundles = await buildBundles(join(root, 'home'));
    await copyFile(join(IMAGES, 'keep.sh'), join(root, 'home/keep.sh'));
    const pod = new Pod(root, bundles, { source, ports: [await freePort(), await freePort(), await freePort()] });
    const { desired, report } = pod.layout;
    for (const folder of [desired.root, report.root]) await mkdir(folder, { recursive: true });
    return pod;
  }

  /** Replaces all manifests. */
  write(manifests: string): Promise<void> {
    return writeFile(join(this.#root, 'manifests/all.yaml'), manifests);
  }

  /** Starts a container. */
  async start(container: Container, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const ports = ['--http-port', `${this.httpPort}`, '--https-port', `${this.#httpsPort}`];
    const args = {
      nginx: ['--status-port', `${this.statusPort}`],
      controller: [...this.#source, '--healthz-port', '0'],
    };
    const log = await open(join(this.#root, 'log'), 'a');
    const ours = {
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
      PORTICO_HOME: join(this.#root, 'home'),
      PORTICO_STATE: join(this.#root, 'state'),
    };
    // A group of its own: PID 1 of a container leads one as well.
    const shell = spawn('sh', [join(IMAGES, `${container}-entrypoint.sh`), ...args[container], ...ports], {
      env: { ...process.env, ...ours, ...env },
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    this.#shells.set(container, shell);
    await log.close();
  }

  /** Sends TERM, as kubelet does. */
  terminate(container: Container): void {
    this.#shell(container).kill('SIGTERM');
  }

  /** The exit code of a container. */
  async ended(container: Container): Promise<number | null> {
    const shell = this.#shell(container);
    if (shell.exitCode === null && shell.signalCode === null) await once(shell, 'exit');
    return shell.exitCode;
  }

  runs(container: Container): boolean {
    const shell = this.#shell(container);
    return shell.exitCode === null && shell.signalCode === null;
  }

  /** Ends everything, as kubelet's KILL does, and removes the folder. */
  async remove(): Promise<void> {
    for (const { pid } of await this.#members()) process.kill(pid, 'SIGKILL');
    await this.until(async () => (await this.#members()).length === 0, 'the end of all processes');
    await rm(this.#root, { recursive: true });
  }

  /** Pid of a program that a container keeps running. */
  async pidOf(program: 'agent' | 'controller'): Promise<number> {
    for (const { pid } of await this.#members()) {
      const title = await titleOf(pid);
      if (title.startsWith('node ') && title.includes(`/${program}.mjs`)) return pid;
    }
    throw new Error(`no ${program} runs\n${await this.log()}`);
  }

  /** Resident memory of a process in MB. */
  async memoryOf(program: 'agent' | 'controller'): Promise<number> {
    return residentMegabytes(await this.pidOf(program));
  }

  async masterPid(): Promise<number> {
    const master = await findMaster(this.layout.run);
    if (master === undefined) throw new Error(`no NGINX master runs\n${await this.log()}`);
    return master.pid;
  }

  workerPids(): Promise<readonly number[]> {
    return acceptingWorkers(this.layout.run);
  }

  /** What a bundle says. */
  sourceOf(program: 'agent' | 'controller'): Promise<string> {
    return readFile(join(this.#root, `home/${program}.mjs`), 'utf8');
  }

  log(): Promise<string> {
    return readFile(join(this.#root, 'log'), 'utf8');
  }

  /** What kubelet is told; 0 where nobody answers. */
  async probe(path: '/healthz' | '/livez'): Promise<number> {
    const asked = fetch(`http://127.0.0.1:${this.statusPort}${path}`, { headers: { connection: 'close' } });
    return asked.then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** The status that a request gets; 0 where it gets none. */
  get(host: string, path: string): Promise<number> {
    return new Promise((answered) => {
      request({ host: '127.0.0.1', port: this.httpPort, path, agent: false, headers: { host } }, (answer) =>
        answer.resume().once('end', () => answered(answer.statusCode ?? 0)),
      )
        .once('error', () => answered(0))
        .end();
    });
  }

  /** Looks again and again: there is no event for what another process reaches. */
  async until(reached: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await reached())) {
      if (performance.now() > deadline) throw new Error(`waited in vain for ${what}\n${await this.log()}`);
      await new Promise((next) => setTimeout(next, LOOK_EVERY_MS));
    }
  }

  #shell(container: Container): ChildProcess {
    const shell = this.#shells.get(container);
    if (shell === undefined) throw new Error(`the container ${container} was not started`);
    return shell;
  }

  async #members(): Promise<readonly Process[]> {
    const groups = [...this.#shells.values()].map(({ pid }) => pid);
    return (await listProcesses()).filter(({ group }) => groups.includes(group));
  }
}
