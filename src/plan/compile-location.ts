import { families, type Settings } from '../annotations/index.ts';
import type { Family, RouteFacts } from '../annotations/define.ts';
import { backendHeaders } from '../annotations/forwarding.ts';
import type { References } from '../annotations/references.ts';
import type { Route } from '../model/routing-model.ts';
import { encode } from '../nginx/argument.ts';
import type { DirectiveName } from '../nginx/catalogue.ts';
import { directive, type DirectiveInput, type Statement } from '../nginx/directive.ts';
import { StatementList, type ConditionalRedirect, type LocationDraft } from '../nginx/draft.ts';
import type { Complex } from '../nginx/expression.ts';
import type { SnippetLine } from '../nginx/snippet.ts';
import type { LocationBlock } from '../nginx/tree.ts';
import type { LocationKey } from './location-keys.ts';
import type { RouteSettings } from './sites.ts';

/** Upstream of NGINX's own 404 answer; it stands in the templates. */
const NOT_FOUND_UPSTREAM = 'pt_default_404';

/** What a location needs to know of its site. */
export interface LocationContext {
  readonly hasCertificate: boolean;
  readonly catchAll: boolean;
  readonly references: References;
  readonly httpsUrl: RouteFacts['httpsUrl'];
}

/** Collects what features say about one location. */
class LocationBuilder implements LocationDraft {
  readonly #statements = new StatementList();
  readonly #headers = new Map<string, Complex>();
  #repeatsHeaders = false;
  #closed = false;

  add<Name extends DirectiveName>(name: Name, ...values: DirectiveInput<Name>): void {
    this.#statements.add(name, ...values);
  }

  redirectIf(redirect: ConditionalRedirect): void {
    this.#statements.redirectIf(redirect);
  }

  setBackendHeader(name: string, value: Complex): void {
    this.#headers.set(name, value);
  }

  addLine(line: SnippetLine): void {
    this.#statements.addLine(line);
  }

  repeatBackendHeaders(): void {
    this.#repeatsHeaders = true;
  }

  close(): void {
    this.#closed = true;
  }

  finish(route: Route<RouteSettings>): readonly Statement[] {
    if (this.#closed) return closedBody();
    if (this.#repeatsHeaders || this.#headers.size > 0) this.#overrideHeaders(route);
    return this.#statements.inOrder();
  }

  /** NGINX inherits request headers all or none, so a location that changes one names them all. */
  #overrideHeaders(route: Route<RouteSettings>): void {
    const name = route.protocol.startsWith('GRPC') ? 'grpc_set_header' : 'proxy_set_header';
    const all = new Map([...backendHeaders(route.settings.values.forwarding), ...this.#headers]);
    for (const [header, value] of all) this.#statements.add(name, header, value);
  }
}

/** `return` at the end of the rewrite phase: after redirects to HTTPS, before access rules. */
const answer = (status: 404 | 503): Statement => ({ phase: 'content', directive: directive('return', status) });

const closedBody = (): readonly Statement[] => [answer(503)];

const addPass = (route: Route<RouteSettings>, location: LocationBuilder): void => {
  const { target, protocol } = route;
  if (target.kind === 'not-found') return location.add('proxy_pass', `http://${NOT_FOUND_UPSTREAM}`);
  if (target.kind === 'answer') return;
  location.add('set', 'proxy_upstream_name', target.backend.label);
  if (target.whenEmpty === 404) location.add('error_page', 502, '=', '@pt_not_found');
  const { id } = target.backend;
  if (protocol === 'GRPC' || protocol === 'GRPCS') location.add('grpc_pass', `${protocol.toLowerCase()}://${id}`);
  else location.add('proxy_pass', `${protocol.toLowerCase()}://${id}`);
};

const emitFeatures = (route: Route<RouteSettings>, location: LocationBuilder, context: LocationContext): void => {
  const { values, written } = route.settings;
  const facts: RouteFacts = { path: route.path, protocol: route.protocol, written, ...context };
  for (const family of families as readonly Family[]) {
    family.emitLocation?.(values[family.name as keyof Settings], location, facts);
  }
};

/** The body of a route's locations. Throws `EncodingRefusal` where a value cannot be written. */
export const compileBody = (route: Route<RouteSettings>, context: LocationContext): readonly Statement[] => {
  if (route.target.kind === 'answer' && route.target.why === 'closed') return closedBody();
  const location = new LocationBuilder();
  emitFeatures(route, location, context);
  addPass(route, location);
  const body = location.finish(route);
  return route.target.kind === 'answer' ? [...redirectsOf(body), answer(503)] : body;
};

/** Of a route without a backend only the redirects stay: the answer comes before everything else. */
const redirectsOf = (statements: readonly Statement[]): readonly Statement[] =>
  statements.filter((one) => 'condition' in one);

/** A location with its line and body. */
export const locationBlock = (
  key: LocationKey,
  route: Route<RouteSettings>,
  body: readonly Statement[],
): LocationBlock => ({
  origin: encode('comment', route.origin ?? 'portico'),
  ...(key.modifier === undefined ? {} : { modifier: key.modifier }),
  path: key.path,
  statements: body,
});
