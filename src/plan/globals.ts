import { parseConfigMap } from '../annotations/parse.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Problem } from '../problems/problem.ts';
import { objectRef, refParts } from '../values/object-ref.ts';
import type { BuiltModel } from './build-model.ts';
import type { PlanOptions } from './options.ts';
import type { InstallationContext } from './parse-ingress.ts';
import { findingProblem, whenUnprotected } from './plan-problems.ts';
import { referencesFrom, type World } from './references.ts';
import { withoutRefused } from './refused-settings.ts';

/** The settings of the installation. */
type Globals = Pick<InstallationContext, 'globals' | 'unreadable'> &
  Pick<BuiltModel, 'globalReferences' | 'planned'> & { readonly problems: readonly Problem[] };

const NO_CONFIG_MAP = objectRef('ConfigMap', '', '');

/** Reads the ConfigMap of the installation, with what is wrong in it. */
export const readGlobals = (state: ClusterState, options: PlanOptions, found: World): Globals => {
  const ref = options.configMap ?? NO_CONFIG_MAP;
  const written = state.configMaps.get(ref)?.data ?? {};
  const { entries, planned, problems, unprotected } = withoutRefused(written, options.refusedSettings, ref);
  const globalReferences = referencesFrom(refParts(ref).namespace, state, { crossNamespace: true, ...found });
  const { settings, unreadable, findings } = parseConfigMap(entries, globalReferences);
  const isReported = options.securityMismatch === 'report';
  const told = findings.map((one) => ({
    ...findingProblem(ref, ['data', one.key], one),
    ...(isReported && one.closes ? { consequence: whenUnprotected(options) } : {}),
  }));
  return {
    globals: settings,
    unreadable: new Set([...(isReported ? [] : unreadable), ...unprotected]),
    problems: options.configMap === undefined ? [] : [...problems, ...told],
    globalReferences,
    planned,
  };
};
