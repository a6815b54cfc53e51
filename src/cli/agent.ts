import { Command } from 'commander';
import { runAgent } from '../agent/agent.ts';
import { findMaster } from '../agent/nginx-master.ts';
import { createLogger } from '../ops/logger.ts';
import { layoutIn, type Layout } from '../protocol/layout.ts';
import { EXIT } from './exit-codes.ts';
import { controllerFlags, geoipDir, ownControllerFlags, type FlagTable } from './flag-table.ts';
import { port, portOrNone } from './flag-types.ts';
import { withFlags } from './flags.ts';
import { requireNginx } from './nginx-path.ts';
import { endSignal } from './signals.ts';

interface AgentFlags {
  readonly stateDir: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly statusPort: number;
  readonly geoipDir: string;
  readonly v: number;
}

const agent = async (flags: AgentFlags): Promise<number> => {
  const layout = layoutIn(flags.stateDir);
  const isSupervised = process.connected;
  await runAgent({
    layout,
    nginxBinary: await requireNginx(process.env),
    httpPort: flags.httpPort,
    httpsPort: flags.httpsPort,
    geoipDir: flags.geoipDir,
    ...(flags.statusPort === 0 ? {} : { statusPort: flags.statusPort }),
    log: createLogger({ verbosity: flags.v, stream: process.stderr }),
    signal: endSignal(),
  });
  if (isSupervised && !process.connected) await quitNginx(layout);
  return EXIT.good;
};

/** Where `portico run` itself was killed, nobody is left to stop NGINX, and its ports would stay taken. */
const quitNginx = async ({ run }: Layout): Promise<void> => {
  const master = await findMaster(run);
  if (master !== undefined) process.kill(master.pid, 'SIGQUIT');
};

const agentFlags = {
  'state-dir': ownControllerFlags['state-dir'],
  'http-port': { type: port, default: '80', doc: 'port of the bootstrap configuration' },
  'https-port': { type: port, default: '443', doc: 'port of the bootstrap configuration' },
  'status-port': {
    type: portOrNone,
    default: '10246',
    doc: 'port where NGINX answers /healthz and /livez, 0 for none',
  },
  'geoip-dir': geoipDir,
  v: controllerFlags.v,
} as const satisfies FlagTable;

/** `portico agent`: the half that runs beside NGINX. */
export const agentCommand = (finish: (code: number) => void): Command =>
  withFlags(new Command('agent'), agentFlags)
    .description('run beside NGINX: test, switch, reload and verify generations, and answer DNS for endpoints')
    .action(async (flags: AgentFlags) => finish(await agent(flags)));
