import { decodeObject } from '../../src/cluster/decode.ts';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { stateOf } from '../../src/cluster/state-of.ts';
import type { PlanFlags } from '../../src/cli/flags.ts';
import { plan, type Plan } from '../../src/plan/plan.ts';
import type { ApiWriter } from './api-writer.ts';
import { testOptions } from './plan-options.ts';
import type { PorticoRun } from './portico-run.ts';

const COLLECTIONS = [
  ['/apis/networking.k8s.io/v1/ingresses', 'networking.k8s.io/v1', 'Ingress'],
  ['/apis/networking.k8s.io/v1/ingressclasses', 'networking.k8s.io/v1', 'IngressClass'],
  ['/api/v1/namespaces', 'v1', 'Namespace'],
  ['/api/v1/services', 'v1', 'Service'],
  ['/apis/discovery.k8s.io/v1/endpointslices', 'discovery.k8s.io/v1', 'EndpointSlice'],
  ['/api/v1/secrets', 'v1', 'Secret'],
  ['/api/v1/configmaps', 'v1', 'ConfigMap'],
] as const;

/** The cluster as it is now: whole objects, listed in one piece, without a reflector. */
export const freshState = async (api: ApiWriter): Promise<ClusterState> => {
  const lists = await Promise.all(
    COLLECTIONS.map(async ([path, apiVersion, kind]) =>
      (await api.list(path)).map((item) => decodeObject({ ...item, apiVersion, kind })),
    ),
  );
  const objects = lists.flat().flatMap((decoded) => (decoded.outcome === 'object' ? [decoded.object] : []));
  return stateOf(objects, []);
};

/** What the controller of this run has to make of that state. */
export const freshPlan = (state: ClusterState, run: PorticoRun, named: Partial<PlanFlags>): Plan => {
  const { httpPort, httpsPort } = run;
  const ports = { httpPort, httpsPort, publicHttpPort: httpPort, publicHttpsPort: httpsPort };
  const flags = { ...ports, ...named, watchIngressWithoutClass: false };
  const capabilities = run.status()?.nginx ?? { ipv6: false };
  return plan(state, testOptions(flags, { layout: run.layout, capabilities }));
};
