import { isCanary } from '../annotations/canary.ts';
import { concernsUpstream, isProtective, parseAnnotations } from '../annotations/parse.ts';
import type { Settings } from '../annotations/index.ts';
import type { References } from '../annotations/references.ts';
import type { Ingress } from '../cluster/resources.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import type { PlanOptions } from './options.ts';
import { CLOSED, findingProblem, whenUnprotected } from './plan-problems.ts';

/** An Ingress with the settings of its annotations. */
export interface ParsedIngress {
  readonly ingress: Ingress;
  readonly settings: Settings;
  /** Keys that the Ingress itself sets. */
  readonly written: ReadonlySet<string>;
  /** Its routes answer 503. */
  readonly closed: boolean;
  /** It serves no host: its backends share the requests to those of other Ingresses. */
  readonly isCanary: boolean;
}

/** The annotations with our prefix, by name without it. */
export const ownAnnotations = (ingress: Ingress, prefix: string): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(ingress.annotations)
      .filter(([key]) => key.startsWith(`${prefix}/`))
      .map(([key, value]) => [key.slice(prefix.length + 1), value]),
  );

const protections = (ingress: Ingress, prefix: string): string =>
  JSON.stringify(
    [...ownAnnotations(ingress, prefix)]
      .filter(([key, value]) => isProtective(key, value))
      .toSorted(([a], [b]) => compareText(a, b)),
  );

/** The Ingress to plan in place of a refused one; absent where nothing of it may be served. */
const inPlaceOf = (
  refused: Ingress,
  options: PlanOptions,
): { readonly ingress: Ingress; readonly closed: boolean } | undefined => {
  const setAside = options.setAside.get(refused.ref);
  if (setAside === undefined) return { ingress: refused, closed: false };
  if (setAside.served !== 'last-good') {
    return setAside.served === 'dropped' ? undefined : { ingress: { ...refused, annotations: {} }, closed: true };
  }
  const { lastGood } = setAside;
  const sameProtections =
    protections(refused, options.annotationsPrefix) === protections(lastGood, options.annotationsPrefix);
  return { ingress: { ...lastGood, createdAt: refused.createdAt }, closed: !sameProtections };
};

const refusal = (ingress: Ingress, options: PlanOptions): readonly Problem[] => {
  const setAside = options.setAside.get(ingress.ref);
  if (setAside === undefined) return [];
  const consequences = {
    'last-good': 'its last good version is served, closed where it lacks a protection of the new one',
    closed: CLOSED,
    dropped: 'nothing of it is served',
  };
  const expected = `a configuration that NGINX accepts (${setAside.reason})`;
  return [
    { code: 'ConfigRejected', subject: ingress.ref, field: [], expected, consequence: consequences[setAside.served] },
  ];
};

/** The main Ingress says everything else about the routes. */
const ofCanary = (own: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...own].filter(([key]) => concernsUpstream(key)));

const LEFT_OUT = 'leaving out the canary: its main Ingress gets all requests';

/** What holds for every Ingress of the installation. */
export interface InstallationContext {
  readonly globals: Settings;
  /** Keys of the ConfigMap that protect routes and cannot be read. */
  readonly unreadable: ReadonlySet<string>;
  readonly references: (namespace: string) => References;
}

/** The settings of one Ingress and what is wrong with its annotations; `undefined` where it is dropped. */
export const parseIngress = (
  found: Ingress,
  options: PlanOptions,
  context: InstallationContext,
): { readonly parsed?: ParsedIngress; readonly problems: readonly Problem[] } => {
  const refused = refusal(found, options);
  const planned = inPlaceOf(found, options);
  if (planned === undefined) return { problems: refused };
  const prefix = options.annotationsPrefix;
  // A closed canary would close the path of its main Ingress.
  const versions = [found, planned.ingress].map((one) => ownAnnotations(one, prefix));
  if (planned.closed && versions.some(isCanary)) return { problems: refused };
  const { ingress } = planned;
  const own = ownAnnotations(ingress, prefix);
  const canary = isCanary(own);
  const references = context.references(ingress.namespace);
  const { settings, written, findings } = parseAnnotations(canary ? ofCanary(own) : own, context.globals, references);
  const closes = findings.some((finding) => finding.closes);
  const problems = findings.map((finding) => ({
    ...findingProblem(ingress.ref, ['metadata', 'annotations', `${prefix}/${finding.key}`], finding),
    ...(finding.closes ? { consequence: canary ? LEFT_OUT : whenUnprotected(options) } : {}),
  }));
  const lacking = [...context.unreadable].some((key) => !written.has(key));
  const closed = planned.closed || (options.securityMismatch === 'close' && (lacking || closes));
  return {
    ...(canary && closes ? {} : { parsed: { ingress, settings, written, closed, isCanary: canary } }),
    problems: [...refused, ...problems],
  };
};
