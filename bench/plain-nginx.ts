import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childrenOf } from '../src/agent/processes.ts';
import { ask, askUntil } from './client.ts';

const LIMIT_MS = 10_000;

/** An NGINX with a configuration of ours that does not change, in a folder of its own. */
export class PlainNginx {
  readonly port: number;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, child: ChildProcess, port: number) {
    this.#folder = folder;
    this.#process = child;
    this.port = port;
  }

  /** Starts it, and waits until it answers at the port that its file names. */
  static async start(conf: string): Promise<PlainNginx> {
    const folder = await mkdtemp(join(tmpdir(), 'portico-bench-'));
    const port = Number(/listen (?:[\d.]+:)?(\d+);/.exec(await readFile(conf, 'utf8'))?.[1]);
    const log = await open(join(folder, 'error.log'), 'a');
    const child = spawn(process.env['NGINX_BINARY'] ?? 'nginx', ['-p', folder, '-c', conf, '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', log.fd],
    });
    await log.close();
    const nginx = new PlainNginx(folder, child, port);
    const once = () => ask(port, 'bench.test').catch(() => ({ status: 0, pod: undefined }));
    await askUntil(once, { fits: ({ status }) => status === 200, limitMs: LIMIT_MS });
    return nginx;
  }

  /** Pids of its workers. */
  async workers(): Promise<readonly number[]> {
    return (await childrenOf(this.#process.pid ?? 0)).map(({ pid }) => pid);
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
    await rm(this.#folder, { recursive: true });
  }
}
