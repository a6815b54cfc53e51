import { createApiClient } from '../kube/api-client.ts';
import { createClusterSource } from '../kube/cluster-source.ts';
import { createEventWriter } from '../kube/event-writer.ts';
import { loadConfig, type ServerFlags } from '../kube/load-config.ts';
import type { ClusterChange, StateSource } from '../controller/ports.ts';
import type { Logger } from '../ops/logger.ts';
import type { ReadingMeter } from '../kube/reading-meter.ts';
import type { PlanOptions } from '../plan/options.ts';
import type { ProblemListener } from '../report/reporter.ts';
import { uidIn } from '../cluster/uid-in.ts';
import type { PlanFlags } from './flags.ts';

/** Where snapshots come from, who else is told of problems, and how to let go of it. */
export interface OpenSource {
  readonly source: StateSource & { readonly refresh: () => void };
  readonly listeners: readonly ProblemListener[];
  readonly close: () => Promise<void>;
}

/** What opening a source needs besides the flags. */
export interface OpenContext {
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly options: () => PlanOptions;
  readonly meter: ReadingMeter;
}

interface Flags extends Pick<PlanFlags, 'endpoints'>, ServerFlags {
  readonly disableSyncEvents: boolean;
}

/** The cluster that the flags name as a source of snapshots, and its Events as a listener to problems. */
export const openClusterSource = (flags: Flags, { log, signal, options, meter }: OpenContext): OpenSource => {
  const client = createApiClient(() => loadConfig(flags));
  const { watchNamespace, namespaceSelector, configMap, tcpServices, udpServices, ...services } = options();
  const { defaultBackendService, defaultSslCertificate } = services;
  const mentioned = [configMap, tcpServices, udpServices, defaultBackendService, defaultSslCertificate];
  const named = mentioned.filter((ref) => ref !== undefined);
  const byLabel = namespaceSelector !== undefined;
  const scope = { named, byLabel, ...(watchNamespace === undefined ? {} : { namespace: watchNamespace }) };
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const cluster = createClusterSource(client, { scope, log, meter }, until);
  const pod = process.env['POD_NAME'] ?? 'portico';
  const uidOf = (ref: Parameters<typeof uidIn>[1]): string | undefined => {
    const state = cluster.latest();
    return state && uidIn(state, ref);
  };
  const events = createEventWriter({ client, log, pod, uidOf }, until);
  // In a configuration without the name service endpoints are part of the plan.
  const asAll = ({ state }: ClusterChange): ClusterChange => ({ state, changed: 'all' });
  const subscribe: StateSource['subscribe'] = (listener) =>
    cluster.subscribe((change) => listener(flags.endpoints === 'reload' ? asAll(change) : change));
  return {
    source: {
      subscribe,
      alsoServe: (versions) => cluster.alsoServe(versions),
      refresh: () => cluster.refresh(),
    },
    listeners: flags.disableSyncEvents ? [] : [events],
    async close() {
      ending.abort();
      await Promise.all([cluster.ended, events.ended]);
      await client.close();
    },
  };
};
