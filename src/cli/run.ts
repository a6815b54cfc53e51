import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadConfig, type ServerFlags } from '../kube/load-config.ts';
import { inspectNginx } from '../agent/nginx-binary.ts';
import { createLogger, type Logger } from '../ops/logger.ts';
import { Fault } from '../problems/fault.ts';
import { layoutIn, type Layout } from '../protocol/layout.ts';
import { EXIT } from './exit-codes.ts';
import { controllerFlags, ownControllerFlags, serverFlags, type FlagTable } from './flag-table.ts';
import { settled, withFlags, withPlanFlags, type PlanFlags } from './flags.ts';
import { requireNginx } from './nginx-path.ts';
import { rendererOf } from './plan-options.ts';
import { endSignal } from './signals.ts';
import { superviseChild, superviseNginx, type Supervision } from './supervisor.ts';

interface RunFlags extends PlanFlags, ServerFlags {
  readonly manifests?: string;
  readonly stateDir?: string;
  readonly v: number;
}

const requirePort = async (port: number): Promise<void> => {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
  } catch (error) {
    throw new Fault(
      'port-in-use',
      `port ${port} cannot be used; another one is chosen by --http-port and --https-port`,
      { cause: error },
    );
  }
  server.close();
  await once(server, 'close');
};

const requireSource = async (flags: RunFlags): Promise<void> => {
  const { manifests, kubeconfig, apiserverHost } = flags;
  if (manifests !== undefined && kubeconfig !== undefined)
    throw new Fault('usage', '--manifests and --kubeconfig exclude each other: keep one');
  if (kubeconfig !== undefined || apiserverHost !== undefined) return void loadConfig(flags);
  if (manifests === undefined) throw new Fault('usage', '--manifests DIR or --kubeconfig FILE is needed');
  const folder = await stat(manifests).catch((error: unknown) => {
    throw new Fault('manifests', `folder ${manifests} cannot be read`, { cause: error });
  });
  if (!folder.isDirectory()) throw new Fault('manifests', `${manifests} is not a folder`);
};

/** Everything that would fail again and again is found before anything is started. */
const requireWorld = async (flags: RunFlags): Promise<string> => {
  rendererOf(flags);
  const nginx = await requireNginx(process.env);
  await inspectNginx(nginx);
  await requireSource(flags);
  await requirePort(flags.httpPort);
  await requirePort(flags.httpsPort);
  return nginx;
};

/** NGINX opens /dev/stdout by its name, which fails for a socket and for what belongs to another user. */
const accessLog = (run: string, log: Logger): string => {
  try {
    closeSync(openSync('/dev/stdout', 'a'));
    return '/dev/stdout';
  } catch {
    const file = `${run}/access.log`;
    log.warn('NGINX cannot open stdout; the access log is a file', { file });
    return file;
  }
};

/** Flags of `run` as arguments of its children: `{ httpPort: 80 }` becomes `--http-port=80`. */
const asArguments = (flags: Readonly<Record<string, string | number | boolean | undefined>>): readonly string[] =>
  Object.entries(flags).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${String(value)}`],
  );

/** The folders exist before anybody watches them: chokidar follows the parent of a missing folder, and loses events. */
const makeFolders = async ({ desired, report, run: own }: Layout): Promise<void> => {
  for (const { root } of [desired, report, own]) {
    await mkdir(root, { recursive: true, mode: 0o750 }).catch((error: unknown) => {
      throw new Fault('folder-not-writable', `cannot create ${root}`, { cause: error });
    });
  }
};

/** Workers of a master that runs as root are somebody else of the same group: the group may enter. */
const temporaryState = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'portico-'));
  await chmod(folder, 0o750);
  return folder;
};

const startAll = (
  flags: RunFlags,
  stateDir: string,
  context: { readonly nginx: string; readonly log: Logger },
): readonly Supervision[] => {
  const { log, nginx } = context;
  const { run } = layoutIn(stateDir);
  const module = process.argv[1] ?? '';
  const { httpPort, httpsPort, statusPort = 0, v } = flags;
  const finalCodes = [EXIT.usage, EXIT.environment];
  const ofController = {
    ...flags,
    stateDir,
    publicHttpPort: flags.publicHttpPort ?? httpPort,
    publicHttpsPort: flags.publicHttpsPort ?? httpsPort,
    healthzPort: flags.healthzPort ?? 0,
    statusPort,
    accessLog: accessLog(run.root, log),
  };
  const agent = ['agent', ...asArguments({ stateDir, httpPort, httpsPort, statusPort, v })];
  return [
    superviseChild({ name: 'controller', module, args: ['controller', ...asArguments(ofController)], finalCodes, log }),
    superviseNginx({ binary: nginx, run, log }),
    superviseChild({ name: 'agent', module, args: agent, finalCodes, log }),
  ];
};

const run = async (flags: RunFlags): Promise<number> => {
  const signal = endSignal();
  const log = createLogger({ verbosity: flags.v, stream: process.stderr });
  const nginx = await requireWorld(flags);
  const stateDir = flags.stateDir ?? (await temporaryState());
  await makeFolders(layoutIn(stateDir));
  log.info('starting', {
    from: flags.manifests ?? flags.kubeconfig,
    state: stateDir,
    http: flags.httpPort,
    https: flags.httpsPort,
  });
  process.env['NGINX_BINARY'] = nginx;
  const parts = startAll(flags, stateDir, { nginx, log });
  const stopped = once(signal, 'abort').then(() => undefined);
  const end = await Promise.race([stopped, ...parts.map((part) => part.ended)]);
  // The controller first, so that nothing is published any more; NGINX before the agent, which answers its questions.
  for (const part of parts) await part.stop();
  if (flags.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
  return end?.code ?? EXIT.good;
};

/** Flags of the controller whose usual values are others here: `run` listens nowhere besides and needs no folder. */
const runFlags = {
  manifests: ownControllerFlags.manifests,
  kubeconfig: { ...serverFlags.kubeconfig, doc: 'cluster to serve' },
  'apiserver-host': serverFlags['apiserver-host'],
  'certificate-authority': serverFlags['certificate-authority'],
  'state-dir': {
    type: ownControllerFlags['state-dir'].type,
    doc: `${ownControllerFlags['state-dir'].doc}; a temporary one where it is not set`,
  },
  'healthz-port': {
    type: controllerFlags['healthz-port'].type,
    doc: 'port of health and metrics; none where it is not set',
  },
  'status-port': {
    type: controllerFlags['status-port'].type,
    doc: 'port where NGINX answers probes; none where it is not set',
  },
  'healthz-host': controllerFlags['healthz-host'],
  'disable-sync-events': controllerFlags['disable-sync-events'],
  v: controllerFlags.v,
} as const satisfies FlagTable;

/** `portico run`: controller, agent and NGINX of this machine, each its own process. */
export const runCommand = (finish: (code: number) => void): Command =>
  withFlags(withPlanFlags(new Command('run')), runFlags)
    .description(
      'serve a folder of manifests, or a cluster whose Pods this machine reaches, with the NGINX of this machine',
    )
    .action(async (flags: RunFlags) => finish(await run(settled(flags))));
