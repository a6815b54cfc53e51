import { Command, InvalidArgumentError } from 'commander';
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
import { controllerFlags, ownControllerFlags, serverFlags } from './flag-table.ts';
import { settled, unheededIn, withFlags, withPlanFlags, type PlanFlags } from './flags.ts';
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
  readonly healthzHost?: string;
  readonly disableSyncEvents: boolean;
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

const sayStart = (log: Logger, flags: ControllerFlags): void => {
  const { manifests } = flags;
  const { POD_NAME: pod, POD_NAMESPACE: namespace } = process.env;
  log.info('controller starts', {
    ...(manifests === undefined ? {} : { manifests }),
    ...(pod === undefined ? {} : { pod, namespace }),
  });
  for (const { verdict, names, reason } of unheededIn(flags))
    log[verdict === 'missing' ? 'warn' : 'info'](`flags without effect: ${reason}`, { flags: names.join(' ') });
};

const openHealth = async (flags: ControllerFlags, metrics: Metrics): Promise<HealthServer | undefined> => {
  const { healthzPort: port, healthzHost: host, healthCheckPath: path } = flags;
  if (port === 0) return undefined;
  const place = { port, path, ...(host === undefined ? {} : { host }) };
  return startHealthServer({ ...place, isHealthy: () => true, metrics: () => metrics.text() });
};

const controller = async (given: ControllerFlags): Promise<number> => {
  const flags = given.manifests === undefined ? given : manifestFlags(given);
  const signal = endSignal();
  const layout = layoutIn(flags.stateDir);
  const log = createLogger({ verbosity: flags.v, stream: process.stderr });
  sayStart(log, given);
  const metrics = createMetrics(() => systemClock.now());
  const templates = watchTemplates(flags, { log, signal, onChange: () => opened.source.refresh() });
  const options = (): ReturnType<typeof planOptions> =>
    planOptions(flags, {
      layout,
      accessLog: flags.accessLog,
      capabilities: { ipv6: false },
      render: templates.inForce(),
    });
  const opened = await openSource(given, { log, signal, options, meter: metrics });
  const publisher = await createPublisher(layout, { signal, warn: (message) => log.warn(message) });
  const defaultCertificate = await createDefaultCertificate();
  const health = await openHealth(flags, metrics);
  const planner = createPlanner(options, {
    endpoints: flags.endpoints,
    defaultCertificate: defaultCertificate.pem,
    templates,
  });
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

/** Deployments of ingress-nginx give the name of its program as the first argument. */
const programName = (given: string): string => {
  if (!/^(\S*\/)?nginx-ingress-controller$/.test(given))
    throw new InvalidArgumentError('expected flags only, after /nginx-ingress-controller if need be');
  return given;
};

/** `portico controller`: the half that plans. */
export const controllerCommand = (finish: (code: number) => void): Command =>
  [serverFlags, controllerFlags, ownControllerFlags]
    .reduce(withFlags, withPlanFlags(new Command('controller')))
    .argument('[program]', 'the program of ingress-nginx, as its Deployments name it; means nothing', programName)
    .description('plan the configuration of a cluster, or of a folder of manifests, and hand it to the agent')
    .action(async (_program: string | undefined, flags: ControllerFlags) => finish(await controller(settled(flags))));
