import { Command, Option } from 'commander';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { runLoop } from '../controller/loop.ts';
import { startHealthServer, type HealthServer } from '../ops/health.ts';
import { systemClock } from '../ops/clock.ts';
import { createLogger, type Logger } from '../ops/logger.ts';
import { createMetrics, type Metrics } from '../ops/metrics.ts';
import type { ServerFlags } from '../kube/load-config.ts';
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
import { openClusterSource, type OpenContext, type OpenSource } from './open-cluster.ts';
import { openManifestSource } from './manifest-source.ts';
import { measured } from './measured.ts';
import { asManifests, manifestFlags, planOptions } from './plan-options.ts';
import { createPlanner } from './planner.ts';
import { endSignal } from './signals.ts';
import { watchTemplates } from './template-watch.ts';

interface ControllerFlags extends PlanFlags, ServerFlags {
  readonly manifests?: string;
  readonly stateDir: string;
  readonly healthzPort: number;
  readonly accessLog: string;
  readonly v: number;
}

const openSource = async (given: ControllerFlags, context: OpenContext): Promise<OpenSource> => {
  const { manifests } = given;
  if (manifests === undefined) return openClusterSource(given, context);
  const complete = (state: ClusterState): ClusterState => asManifests(state, context.options().classRules);
  const source = await openManifestSource(manifests, complete, context.signal);
  return { source, listeners: [], close: async () => {} };
};

const sayStart = (log: Logger, { manifests }: ControllerFlags): void => {
  const { POD_NAME: pod, POD_NAMESPACE: namespace } = process.env;
  log.info('controller starts', {
    ...(manifests === undefined ? {} : { manifests }),
    ...(pod === undefined ? {} : { pod, namespace }),
  });
};

const openHealth = async (port: number, metrics: Metrics): Promise<HealthServer | undefined> =>
  port === 0
    ? undefined
    : startHealthServer({ host: '0.0.0.0', port, isHealthy: () => true, metrics: () => metrics.text() });

const controller = async (given: ControllerFlags): Promise<number> => {
  const flags = given.manifests === undefined ? given : manifestFlags(given);
  const signal = endSignal();
  const layout = layoutIn(flags.stateDir);
  const log = createLogger({ verbosity: flags.v, stream: process.stderr });
  sayStart(log, given);
  const metrics = createMetrics(() => systemClock.now());
  const templates = watchTemplates(flags, { log, signal, onChange: () => opened.source.refresh() });
  const options = (): ReturnType<typeof planOptions> =>
    planOptions(flags, { layout, accessLog: flags.accessLog, capabilities: { ipv6: false }, render: templates() });
  const opened = await openSource(given, { log, signal, options, meter: metrics });
  const publisher = await createPublisher(layout, { signal, warn: (message) => log.warn(message) });
  const defaultCertificate = await createDefaultCertificate();
  const health = await openHealth(flags.healthzPort, metrics);
  const planner = createPlanner(options, { endpoints: flags.endpoints, defaultCertificate: defaultCertificate.pem });
  const ports = {
    clock: systemClock,
    source: opened.source,
    lastGood: lastGoodFile(layout.controller),
    ...measured(
      { planner, publisher, reporter: createReporter(log, [logProblems(log), ...opened.listeners]) },
      metrics,
    ),
  };
  try {
    await runLoop(ports, signal);
  } finally {
    await Promise.all([health?.close(), opened.close()]);
  }
  return EXIT.good;
};

/** `portico controller`: the half that plans. */
export const controllerCommand = (finish: (code: number) => void): Command =>
  withPlanFlags(new Command('controller'))
    .description('plan the configuration of a cluster, or of a folder of manifests, and hand it to the agent')
    .addOption(new Option('--manifests <dir>', 'folder of manifests to serve instead of a cluster'))
    .addOption(new Option('--kubeconfig <file>', 'cluster to serve; the one of this Pod by default'))
    .addOption(new Option('--apiserver-host <url>', 'API server in place of the one that is configured'))
    .addOption(new Option('--certificate-authority <file>', 'CA of --apiserver-host'))
    .addOption(stateDirOption())
    .addOption(healthzPortOption())
    .addOption(accessLogOption())
    .addOption(verbosityOption())
    .action(async (flags: ControllerFlags) => finish(await controller(flags)));
