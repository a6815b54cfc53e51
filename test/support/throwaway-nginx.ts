import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';

/** What `nginx -t` says. */
export interface Verdict {
  readonly accepted: boolean;
  readonly output: string;
}

/** One answer of a throwaway NGINX. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

const binary = (): string => process.env['NGINX_BINARY'] ?? 'nginx';

const withFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'portico-nginx-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const TEMP_PATHS = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi']
  .map((name) => `${name}_temp_path tmp;`)
  .join(' ');

const PREAMBLE = 'daemon off; master_process off; pid nginx.pid; error_log stderr notice; events {}';

/** A whole configuration around the content of its `http` block, whose first line becomes line 2. */
export const wholeConfig = (http: string): string => `${PREAMBLE} http { access_log off; ${TEMP_PATHS}\n${http}\n}\n`;

const args = (folder: string): string[] => ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];

/** Lets NGINX test a whole configuration. */
export const testConfig = (config: string): Promise<Verdict> =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'nginx.conf'), config);
    const { exitCode, stderr } = await execa(binary(), [...args(folder), '-t'], { reject: false });
    return { accepted: exitCode === 0, output: stderr };
  });

const ask = (socketPath: string, agent: Agent, path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ socketPath, agent, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject).end();
  });

/** Resolves when NGINX has bound its sockets. */
const started = async (nginx: ChildProcessByStdio<null, null, Readable>): Promise<void> => {
  const said: string[] = [];
  for await (const line of createInterface({ input: nginx.stderr })) {
    said.push(line);
    if (line.includes('using the "')) return;
  }
  throw new Error(`NGINX did not start:\n${said.join('\n')}`);
};

/** An `http` block with one server. */
export interface OneServer {
  readonly http: string;
  readonly server: string;
}

/** Runs NGINX while `use` asks its one server. */
export const serveOne = <T>(
  config: OneServer,
  use: (get: (path: string) => Promise<Answer>) => Promise<T>,
): Promise<T> =>
  withFolder(async (folder) => {
    const socket = join(folder, 'http.sock');
    const server = `server { listen unix:${socket}; ${config.server}\n}`;
    await writeFile(join(folder, 'nginx.conf'), wholeConfig(`${config.http}\n${server}`));
    const nginx = spawn(binary(), args(folder), { stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = once(nginx, 'exit');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      await started(nginx);
      nginx.stderr.resume();
      return await use((path) => ask(socket, agent, path));
    } finally {
      agent.destroy();
      nginx.kill('SIGTERM');
      await exited;
    }
  });
