import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { localHttp, localMain, resolverLines, ruleSetText } from '../../src/agent/local-config.ts';
import { inspectNginx } from '../../src/agent/nginx-binary.ts';
import { createDefaultCertificate } from '../../src/cli/default-certificate.ts';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { runtimeTable } from '../../src/plan/runtime-table.ts';
import { DEFAULT_CERTIFICATE } from '../../src/protocol/generation.ts';
import { layoutIn, type Layout } from '../../src/protocol/layout.ts';
import { databaseFiles } from '../../src/values/geo-database.ts';
import { sampleDatabase } from './geo-database.ts';

const binary = (): string => process.env['NGINX_BINARY'] ?? 'nginx';

let inspected: ReturnType<typeof inspectNginx> | undefined;
let defaultCertificate: ReturnType<typeof createDefaultCertificate> | undefined;

/** What controller and agent would have written before NGINX reads a generation. */
const writeState = async (layout: Layout, planned: Plan, state: ClusterState): Promise<void> => {
  const { desired, run } = layout;
  const fallback = await (defaultCertificate ??= createDefaultCertificate());
  const { load, ruleSet } = await (inspected ??= inspectNginx(binary()));
  const machine = { processors: 1, openFiles: 1024, ipv6: false, root: process.getuid?.() === 0 };
  const { certificates } = runtimeTable(state, planned.model);
  const files: readonly (readonly [path: string, content: string | Uint8Array])[] = [
    ...planned.generation.files.map(({ path, text }) => [join(run.current, path), text] as const),
    ...planned.workerFiles.map(({ name, content }) => [join(desired.files, name), content.reveal()] as const),
    ...certificates.map(
      ({ name, pem }) => [join(desired.certs, `${name}.pem`), (pem ?? fallback.pem).reveal()] as const,
    ),
    [join(desired.certs, `${DEFAULT_CERTIFICATE}.pem`), fallback.pem.reveal()],
    ...localMain(run, machine, load),
    [run.ruleSet, ruleSetText(ruleSet)],
    ...Object.values(databaseFiles).map((file) => [join(run.databases, file), sampleDatabase(file)] as const),
    [run.localHttp, localHttp(run, undefined, machine)],
    [run.resolver, resolverLines([5353], 'off')],
    [run.resolverIpv6, resolverLines([5353], 'on')],
  ];
  await mkdir(run.temp, { recursive: true });
  for (const [path, content] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
};

/** Makes a state folder that NGINX workers without root may enter, for as long as it is used. */
export const withLayout = async <T>(use: (layout: Layout) => Promise<T>): Promise<T> => {
  const root = await mkdtemp(join(tmpdir(), 'portico-replay-'));
  try {
    await chmod(root, 0o750);
    return await use(layoutIn(root));
  } finally {
    await rm(root, { recursive: true });
  }
};

const args = ({ run }: Layout): string[] => ['-p', run.root, '-c', join(run.current, 'nginx.conf'), '-e', 'stderr'];

/** Writes a plan into its layout and lets NGINX test it; resolves with what NGINX objects to or warns of. */
export const objectionsTo = async (layout: Layout, planned: Plan, state: ClusterState): Promise<readonly string[]> => {
  await writeState(layout, planned, state);
  const { exitCode, stderr } = await execa(binary(), [...args(layout), '-t'], { reject: false });
  const objections = stderr.split('\n').filter((line) => /\[(warn|error|crit|alert|emerg)\]/.test(line));
  return exitCode === 0 || objections.length > 0 ? objections : [stderr];
};

type Nginx = ChildProcessByStdio<null, null, Readable>;

/** Resolves when NGINX has bound its sockets; keeps what it says for a test that fails. */
const started = async (nginx: Nginx): Promise<void> => {
  const said: string[] = [];
  const lines = createInterface({ input: nginx.stderr });
  for await (const line of lines) {
    said.push(line);
    if (line.includes('using the "')) return;
  }
  throw new Error(`NGINX did not start:\n${said.join('\n')}`);
};

/** Runs NGINX with the plan that `objectionsTo` wrote, while `use` asks it. */
export const withNginx = async <T>(layout: Layout, use: () => Promise<T>): Promise<T> => {
  const nginx = spawn(binary(), [...args(layout), '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(nginx, 'exit');
  try {
    await started(nginx);
    nginx.stderr.resume();
    return await use();
  } finally {
    nginx.kill('SIGTERM');
    await exited;
  }
};
