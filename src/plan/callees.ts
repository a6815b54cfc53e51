import type { Settings } from '../annotations/index.ts';
import type { Callee, CalleeRole, RouteDraft } from '../model/route-draft.ts';
import type { Backend, Callees } from '../model/routing-model.ts';
import type { Refusal } from '../problems/problem.ts';
import { fail, type Result } from '../values/result.ts';
import type { BackendResolver } from './backends.ts';
import type { IsWatched } from './watched.ts';

const ROLES: readonly CalleeRole[] = ['auth', 'mirror'];

/** How Pods name Services. Under another cluster domain the DNS of the Pod answers, as for every other name. */
const SERVICE_NAME = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(\.cluster\.local)?$/;

/** Finds whom routes ask besides their backends. */
export interface CalleeResolver {
  /** The backend that is asked for requests to this host. */
  resolve(callee: Callee, host: string): Result<Backend, Refusal>;
}

/** The Service that a name means, where its namespace is one that Portico watches. */
const serviceOf = (
  host: string,
  isWatched: IsWatched,
): { readonly namespace: string; readonly name: string } | undefined => {
  const [, name, namespace] = SERVICE_NAME.exec(host) ?? [];
  if (name === undefined || namespace === undefined) return undefined;
  return isWatched(namespace) ? { namespace, name } : undefined;
};

/** Why a callee cannot be asked; nothing where it can, or where that depends on the host. */
export const objectionTo = (
  { host, port }: Callee,
  backends: BackendResolver,
  isWatched: IsWatched,
): Refusal | undefined => {
  const service = host === undefined ? undefined : serviceOf(host, isWatched);
  if (service === undefined) return undefined;
  const found = backends.find(service.namespace, service.name, port);
  return found.ok ? undefined : found.error;
};

const UNKNOWN_HOST: Refusal = {
  code: 'InvalidBackend',
  expected: 'a host without a wildcard, because the URL names the host of the request',
};

/** A Service is asked like every backend, by its endpoints; whoever else is asked has a name that the agent resolves. */
export const calleeResolver = (
  backends: BackendResolver,
  { globals, isWatched }: { readonly globals: Settings; readonly isWatched: IsWatched },
): CalleeResolver => ({
  resolve({ host, port }, asked) {
    if (host === undefined && (asked === '' || asked.startsWith('*.')))
      return fail({ ...UNKNOWN_HOST, received: asked });
    const name = host ?? asked;
    const service = serviceOf(name, isWatched);
    if (service === undefined) return backends.resolveHost(globals, name, port);
    const asker = { namespace: service.namespace, settings: globals };
    return backends.resolveNumber(asker, service.name, port);
  },
});

/** Whom a route asks, and why it cannot ask the others. */
export interface FoundCallees {
  readonly callees: Callees;
  readonly missing: ReadonlyMap<CalleeRole, Refusal>;
}

/** Finds all callees of a route of this host. */
export const findCallees = (draft: RouteDraft, host: string, resolver: CalleeResolver): FoundCallees => {
  const callees: Partial<Record<CalleeRole, Callees[CalleeRole]>> = {};
  const missing = new Map<CalleeRole, Refusal>();
  for (const role of ROLES) {
    const callee = draft.callees[role];
    if (callee === undefined) continue;
    const backend = resolver.resolve(callee, host);
    if (backend.ok) callees[role] = { backend: backend.value, scheme: callee.scheme };
    else missing.set(role, backend.error);
  }
  return { callees: callees as Callees, missing };
};
