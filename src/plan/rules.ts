import type { IngressPath } from '../cluster/resources.ts';
import type { RouteDraft } from '../model/route-draft.ts';
import type { RouteTarget } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import type { FieldPath } from '../values/field-path.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { backendTarget, type Asker, type BackendResolver } from './backends.ts';
import { parseHost } from './hosts.ts';
import { INNER_PATHS, isInnerPath } from './location-keys.ts';
import type { ParsedIngress } from './parse-ingress.ts';
import { shapeRoute } from './shape.ts';

/** One path of one rule, valid by itself. */
export interface RuleRoute {
  readonly from: ParsedIngress;
  readonly host: string;
  readonly path: string;
  readonly type: 'Exact' | 'Prefix';
  /** `pathType` as it is written. */
  readonly pathType: string;
  readonly target: RouteTarget;
  /** What the annotations of the Ingress make of it. */
  readonly draft: RouteDraft;
  readonly field: FieldPath;
}

/** The rules of an Ingress: its hosts, in order, and their routes. */
export interface IngressRoutes {
  readonly hosts: readonly string[];
  readonly routes: readonly RuleRoute[];
  readonly problems: readonly Problem[];
}

const MAX_HOSTS = 500;
const MAX_PATHS = 1_000;
const MAX_PATH_BYTES = 2_000;

/** Where a route leads that lacks a protection. */
export const CLOSED_TARGET: RouteTarget = { kind: 'answer', status: 503, why: 'closed' };

/** ImplementationSpecific has no behaviour of its own in ingress-nginx: it is Prefix. */
const PATH_TYPES: ReadonlyMap<string, RuleRoute['type']> = new Map([
  ['Exact', 'Exact'],
  ['Prefix', 'Prefix'],
  ['ImplementationSpecific', 'Prefix'],
  ['', 'Prefix'],
]);

/** A path of a rule, or which part of it is wrong; the error completes "expected …". */
export const parsePath = ({
  path,
  pathType,
}: IngressPath): Result<
  Pick<RuleRoute, 'path' | 'type' | 'pathType'>,
  { readonly part: 'path' | 'pathType'; readonly expected: string }
> => {
  const type = PATH_TYPES.get(pathType);
  if (type === undefined) return fail({ part: 'pathType', expected: 'Exact, Prefix or ImplementationSpecific' });
  const text = path === '' ? '/' : path;
  if (isInnerPath(text)) return fail({ part: 'path', expected: `a path outside of ${INNER_PATHS}` });
  const expected = `a path that begins with "/", without control characters, of at most ${MAX_PATH_BYTES} bytes`;
  const clean = text.startsWith('/') && text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);
  if (!clean || new TextEncoder().encode(text).length > MAX_PATH_BYTES) return fail({ part: 'path', expected });
  return ok({ path: text, type, pathType: pathType === '' ? 'ImplementationSpecific' : pathType });
};

/** Who asks for the backend of a route: it may begin sessions there. */
const askerOf = ({ ingress, settings }: ParsedIngress, { sessionCookiePath: cookiePath }: RouteDraft): Asker => ({
  namespace: ingress.namespace,
  settings,
  ...(cookiePath === undefined ? {} : { cookiePath }),
});

/** Collects what the rules of one Ingress say; a bad rule or path is left out and reported, the others stay. */
class RuleReader {
  readonly hosts: string[] = [];
  readonly routes: RuleRoute[] = [];
  readonly problems: Problem[] = [];
  #isTooLarge = false;
  readonly #from: ParsedIngress;
  readonly #backends: BackendResolver;

  constructor(from: ParsedIngress, backends: BackendResolver) {
    this.#from = from;
    this.#backends = backends;
  }

  read(): IngressRoutes {
    for (const [index, rule] of this.#from.ingress.rules.entries()) {
      const field = ['spec', 'rules', index];
      const host = parseHost(rule.host);
      if (!host.ok) {
        this.#report('InvalidHost', [...field, 'host'], {
          expected: host.error,
          received: rule.host,
          consequence: 'leaving out the rule',
        });
        continue;
      }
      if (!this.#within(MAX_HOSTS, this.hosts.length, [...field, 'host'])) break;
      this.hosts.push(host.value);
      for (const [number, path] of rule.paths.entries())
        this.#readPath(host.value, path, [...field, 'http', 'paths', number]);
    }
    return this;
  }

  #readPath(host: string, found: IngressPath, field: FieldPath): void {
    if (!this.#within(MAX_PATHS, this.routes.length, field)) return;
    const path = parsePath(found);
    if (!path.ok) {
      const { part, expected } = path.error;
      this.#report('InvalidPath', [...field, part], {
        expected,
        received: found[part],
        consequence: 'leaving out the path',
      });
      return;
    }
    if (found.backend.service === undefined) {
      this.#report('InvalidBackend', [...field, 'backend'], {
        expected: 'a Service name and port',
        consequence: 'leaving out the path',
      });
      return;
    }
    const draft = shapeRoute(path.value.path, this.#from.settings);
    this.routes.push({
      from: this.#from,
      host,
      ...path.value,
      target: this.#target(found, draft, field),
      draft,
      field,
    });
  }

  #target(found: IngressPath, draft: RouteDraft, field: FieldPath): RouteTarget {
    if (this.#from.closed) return CLOSED_TARGET;
    const backend = this.#backends.resolve(askerOf(this.#from, draft), found.backend);
    if (backend.ok) return backendTarget(backend.value);
    const { code, ...facts } = backend.error;
    this.#report(code, [...field, 'backend', 'service'], { ...facts, consequence: 'the path answers 503' });
    return { kind: 'answer', status: 503, why: code };
  }

  #within(limit: number, count: number, field: FieldPath): boolean {
    if (count < limit) return true;
    if (!this.#isTooLarge) {
      this.#isTooLarge = true;
      this.#report('LimitExceeded', field, {
        expected: `at most ${MAX_HOSTS} hosts and ${MAX_PATHS} paths`,
        consequence: 'leaving out the rest',
      });
    }
    return false;
  }

  #report(
    code: Problem['code'],
    field: FieldPath,
    facts: Pick<Problem, 'expected' | 'consequence'> & { readonly received?: string },
  ): void {
    this.problems.push({ code, subject: this.#from.ingress.ref, field, ...facts });
  }
}

/** What the rules of one Ingress say, with what is wrong in them. */
export const readRules = (from: ParsedIngress, backends: BackendResolver): IngressRoutes =>
  new RuleReader(from, backends).read();

/** Where the default backend of an Ingress leads; `undefined` where it has none. */
export const readDefaultBackend = (
  from: ParsedIngress,
  backends: BackendResolver,
): { readonly target?: RouteTarget; readonly problems: readonly Problem[] } => {
  const wanted = from.ingress.defaultBackend;
  if (wanted === undefined) return { problems: [] };
  if (from.closed) return { target: CLOSED_TARGET, problems: [] };
  const backend = backends.resolve(askerOf(from, shapeRoute('/', from.settings)), wanted);
  if (backend.ok) return { target: backendTarget(backend.value), problems: [] };
  const { code, ...facts } = backend.error;
  const problem: Problem = {
    code,
    subject: from.ingress.ref,
    field: ['spec', 'defaultBackend'],
    ...facts,
    consequence: 'the default backend answers 503',
  };
  return { target: { kind: 'answer', status: 503, why: code }, problems: [problem] };
};
