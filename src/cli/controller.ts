import { Command, Option } from 'commander';
import { runLoop } from '../controller/loop.ts';
import { startHealthServer } from '../ops/health.ts';
import { systemClock } from '../ops/clock.ts';
import { createLogger } from '../ops/logger.ts';
import { Fault } from '../problems/fault.ts';
import { layoutIn } from '../protocol/layout.ts';
import { lastGoodFile } from '../publish/last-good-file.ts';
import { createPublisher } from '../publish/publisher.ts';
import { createReporter, logProblems } from '../report/reporter.ts';
import { createDefaultCertificate } from './default-certificate.ts';
import { EXIT } from './exit-codes.ts';
import {
  accessLogOption,
  healthzPortOption,
  stateDirOption,
  verbosityOption,
  withPlanFlags,
  type PlanFlags,
} from './flags.ts';
import { openManifestSource } from './manifest-source.ts';
import { asManifests, manifestFlags, planOptions } from './plan-options.ts';
import { createPlanner } from './planner.ts';
import { endSignal } from './signals.ts';
import { watchTemplates } from './template-watch.ts';

interface ControllerFlags extends PlanFlags {
  readonly manifests?: string;
  readonly stateDir: string;
  readonly healthzPort: number;
  readonly accessLog: string;
  readonly v: number;
}

const controller = async (given: ControllerFlags): Promise<number> => {
  if (given.manifests === undefined)
    throw new Fault('usage', 'this version reads manifests only: --manifests DIR is needed');
  const flags = manifestFlags(given);
  const signal = endSignal();
  const layout = layoutIn(flags.stateDir);
  const log = createLogger({ verbosity: flags.v, stream: process.stderr });
  const { POD_NAME: pod, POD_NAMESPACE: namespace } = process.env;
  log.info('controller starts', { manifests: given.manifests, ...(pod === undefined ? {} : { pod, namespace }) });
  const templates = watchTemplates(flags, { log, signal, onChange: () => source.refresh() });
  const options = (): ReturnType<typeof planOptions> =>
    planOptions(flags, { layout, accessLog: flags.accessLog, capabilities: { ipv6: false }, render: templates() });
  const source = await openManifestSource(given.manifests, (state) => asManifests(state, options().classRules), signal);
  const publisher = await createPublisher(layout, { signal, warn: (message) => log.warn(message) });
  const defaultCertificate = await createDefaultCertificate();
  const health =
    flags.healthzPort === 0
      ? undefined
      : await startHealthServer({ host: '0.0.0.0', port: flags.healthzPort, isHealthy: () => true });
  const ports = {
    clock: systemClock,
    source,
    planner: createPlanner(options, { endpoints: flags.endpoints, defaultCertificate: defaultCertificate.pem }),
    publisher,
    lastGood: lastGoodFile(layout.controller),
    reporter: createReporter(log, [logProblems(log)]),
  };
  try {
    await runLoop(ports, signal);
  } finally {
    await health?.close();
  }
  return EXIT.good;
};

/** `portico controller`: the half that plans. */
export const controllerCommand = (finish: (code: number) => void): Command =>
  withPlanFlags(new Command('controller'))
    .description('plan the configuration of a folder of manifests and hand it to the agent')
    .addOption(new Option('--manifests <dir>', 'folder of manifests to serve'))
    .addOption(stateDirOption())
    .addOption(healthzPortOption())
    .addOption(accessLogOption())
    .addOption(verbosityOption())
    .action(async (flags: ControllerFlags) => finish(await controller(flags)));
