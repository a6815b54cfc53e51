import { Command, Option } from 'commander';
import { runAgent } from '../agent/agent.ts';
import { findMaster } from '../agent/nginx-master.ts';
import { createLogger } from '../ops/logger.ts';
import { layoutIn, type Layout } from '../protocol/layout.ts';
import { EXIT } from './exit-codes.ts';
import { port, portOrNone, stateDirOption, verbosityOption } from './flags.ts';
import { requireNginx } from './nginx-path.ts';
import { endSignal } from './signals.ts';

interface AgentFlags {
  readonly stateDir: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly statusPort: number;
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

/** `portico agent`: the half that runs beside NGINX. */
export const agentCommand = (finish: (code: number) => void): Command =>
  new Command('agent')
    .description('run beside NGINX: test, switch, reload and verify generations, and answer DNS for endpoints')
    .addOption(stateDirOption())
    .addOption(new Option('--http-port <port>', 'port of the bootstrap configuration').default(80).argParser(port))
    .addOption(new Option('--https-port <port>', 'port of the bootstrap configuration').default(443).argParser(port))
    .addOption(
      new Option('--status-port <port>', 'port where NGINX answers /healthz and /livez, 0 for none')
        .default(10_246)
        .argParser(portOrNone),
    )
    .addOption(verbosityOption())
    .action(async (flags: AgentFlags) => finish(await agent(flags)));
