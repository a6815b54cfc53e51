import type { Settings } from '../annotations/index.ts';
import type { RouteFacts } from '../annotations/define.ts';
import { clientIdentity } from '../annotations/client-certificates.ts';
import { eachFamily, ownSettings } from '../annotations/each-family.ts';
import { hasPrefix } from '../annotations/path-prefixes.ts';
import type { References } from '../annotations/references.ts';
import type { Backend, Callees, Route } from '../model/routing-model.ts';
import type { DirectiveName } from '../nginx/catalogue.ts';
import { inPhaseOrder, statementText, type DirectiveInput, type Statement } from '../nginx/directive.ts';
import {
  StatementList,
  type BlockDraft,
  type ConditionalAnswer,
  type DraftLine,
  type InnerLocation,
  type Limit,
  type LocationDraft,
} from '../nginx/draft.ts';
import { joined, type Complex, type KeyExpression, type VariableName } from '../nginx/expression.ts';
import type { SnippetLine } from '../nginx/snippet.ts';
import { sha256 } from '../values/digest.ts';
import { invariant } from '../values/invariant.ts';
import { compileErrors, contract } from './compile-errors.ts';
import type { CommonHeaders, HeadersOfAll } from './compile-http.ts';
import { globalLines, namesIn, withGlobalLines } from './global-snippets.ts';
import { originOf } from './location-blocks.ts';
import { INNER_PATHS, isInnerPath } from './location-keys.ts';
import { closedBody, isBeforeAccess, redirectBody, refusal, type LocationBody } from './location-body.ts';
import { compileSplit } from './compile-split.ts';
import { hideHeaders, moduleOf, schemeOf, tellHeaders, type BackendModule } from './backend-modules.ts';
import { setHeader, withHeaders } from './set-header.ts';
import { namesOf } from './route-names.ts';
import { RouteBlocks, type LocationBlocks } from './shared-blocks.ts';
import type { RouteSettings } from './sites.ts';

/** Upstream of NGINX's own 404 answer; it stands in the templates. */
const NOT_FOUND_UPSTREAM = 'pt_default_404';

/** 128 bits: nobody finds a location that has the name of another. */
const INNER_NAME_LENGTH = 32;

/** What a location needs to know of its site. */
export interface LocationContext extends HeadersOfAll {
  /** Features that cannot protect leave the location open. */
  readonly staysOpen: boolean;
  readonly hasCertificate: boolean;
  readonly catchAll: boolean;
  readonly references: References;
  /** The settings that hold for the upstream of a backend, by its id. */
  readonly upstreamSettings: ReadonlyMap<string, Settings>;
  readonly httpsUrl: RouteFacts['httpsUrl'];
}

/** Collects what features say about one location. */
class LocationBuilder implements LocationDraft {
  readonly #statements = new StatementList();
  readonly #headers = new Map<string, Complex>();
  readonly #answerHeaders = new Map<string, Complex>();
  readonly #blocks = new RouteBlocks();
  readonly #inner = new Map<string, readonly Statement[]>();
  #split: LocationBlocks = new Map();
  #repeatsHeaders = false;
  #repeatsErrors = false;
  #closed = false;

  add<Name extends DirectiveName>(name: Name, ...values: DirectiveInput<Name>): void {
    this.#statements.add(name, ...values);
  }

  answerIf(answer: ConditionalAnswer): void {
    this.#statements.answerIf(answer);
  }

  setBackendHeader(name: string, value: Complex): void {
    setHeader(this.#headers, name, value);
  }

  setAnswerHeader(name: string, value: Complex): void {
    setHeader(this.#answerHeaders, name, value);
  }

  addCookie(value: Complex): void {
    this.#statements.addCookie(value);
  }

  mapped(source: KeyExpression, lines: readonly DraftLine[]): VariableName {
    return this.#blocks.map(source, lines);
  }

  /** Sends requests to a backend, or to its canary; returns the upstream of each. */
  passTo({ protocol, alternative }: Route<RouteSettings>, backend: Backend): Complex {
    const pass = `${moduleOf(protocol)}_pass` as const;
    const scheme = schemeOf(protocol);
    this.add('set', 'proxy_upstream_name', backend.label);
    if (alternative === undefined) {
      this.add(pass, joined(scheme, backend.id));
      return backend.id;
    }
    const split = compileSplit(backend, alternative);
    this.#split = split.blocks;
    this.add('set', 'proxy_alternative_upstream_name', split.name);
    this.add(pass, joined(scheme, split.choice));
    return split.choice;
  }

  limitZone(limit: Limit): string {
    return this.#blocks.zone(limit);
  }

  addLine(line: SnippetLine): void {
    this.#statements.addLine(line);
  }

  innerLocation({ reachedBy, role, owner }: InnerLocation, fill: (block: BlockDraft) => void): string {
    const list = new StatementList();
    if (reachedBy === 'subrequest') list.add('internal');
    fill(list);
    const statements = list.inOrder();
    const digest = sha256(`${owner}\n${statements.map(statementText).join('\n')}`).slice(0, INNER_NAME_LENGTH);
    const name = reachedBy === 'subrequest' ? `${INNER_PATHS}${role}/${digest}` : `@pt_${role}_${digest}`;
    this.#inner.set(name, statements);
    return name;
  }

  repeatBackendHeaders(): void {
    this.#repeatsHeaders = true;
  }

  repeatErrorAnswers(): void {
    this.#repeatsErrors = true;
  }

  close(): void {
    this.#closed = true;
  }

  finish(route: Route<RouteSettings>, common: LocationContext): LocationBody {
    if (this.#closed && !common.staysOpen) return closedBody(route);
    const kind = moduleOf(route.protocol);
    // NGINX inherits request headers all or none, so a location that changes one names them all.
    const headers = [...withHeaders(common.backendHeaders, this.#headers)];
    if (kind === 'fastcgi' || this.#repeatsHeaders || this.#headers.size > 0) tellHeaders(this, kind, headers);
    const hidden = this.#hidden(kind, common.answerHeaders);
    hideHeaders(this.#statements, kind, hidden);
    const shown = this.#statements.inOrder().filter(({ phase }) => phase === 'answer');
    const errors = compileErrors(route, {
      names: namesOf(route),
      shown,
      hidden,
      backendHeaders: headers,
      withheld: headers.flatMap(([name, value]) =>
        value === '' || common.backendHeaders.get(name) !== value ? [name] : [],
      ),
      repeats: this.#repeatsErrors,
    });
    const all = inPhaseOrder([...this.#statements.inOrder(), ...errors.statements]);
    const statements =
      route.target.kind === 'answer'
        ? [...all.filter(isBeforeAccess), ...refusal(route.target.why, route)]
        : withGlobalLines(all, globalLines(route.settings.values, 'location-snippet', namesIn(all)), originOf(route));
    // What NGINX answers errors with has the headers of all answers; nobody sees those of a subrequest.
    const inner = [...this.#inner].map(
      ([name, own]) => [name, isInnerPath(name) ? own : inPhaseOrder([...own, ...shown])] as const,
    );
    const named = new Map([...errors.named, ...inner]);
    const blocks = this.#blocks.neededBy([...statements, ...[...named.values()].flat()]);
    return { statements, blocks: new Map([...blocks, ...this.#split]), named };
  }

  /** Headers that the backend may not say; none where those of `http` hold. */
  #hidden(kind: BackendModule, common: CommonHeaders): readonly string[] {
    if (this.#answerHeaders.size > 0) return this.#addAnswerHeaders(common);
    return kind === 'fastcgi' ? [...common.keys()] : [];
  }

  /** Headers of answers are inherited, but a second one would not replace the first. Returns what backends may not say. */
  #addAnswerHeaders(common: CommonHeaders): readonly string[] {
    const own = new Set([...this.#answerHeaders.keys()].map((name) => name.toLowerCase()));
    const others = [...common].filter(([name]) => !own.has(name.toLowerCase()));
    const repeats = others.length < common.size;
    if (repeats) this.#statements.add('add_header_inherit', 'off');
    for (const [name, value] of [...(repeats ? others : []), ...this.#answerHeaders])
      this.#statements.add('add_header', name, value, 'always');
    // What is hidden is inherited all or none.
    return [...others.map(([name]) => name), ...this.#answerHeaders.keys()];
  }
}

const addPass = (route: Route<RouteSettings>, location: LocationBuilder, context: LocationContext): void => {
  const { target } = route;
  if (target.kind === 'not-found') return location.add('proxy_pass', `http://${NOT_FOUND_UPSTREAM}`);
  if (target.kind !== 'backend') return;
  if (target.standsIn === true) for (const [name, value] of contract(503)) location.setBackendHeader(name, value);
  const choice = location.passTo(route, target.backend);
  const settings = context.upstreamSettings.get(target.backend.id);
  invariant(settings !== undefined, 'every backend was decided by somebody');
  const { path, alternative } = route;
  eachFamily(settings, (family, deciding) => {
    const canary = alternative && {
      id: alternative.backend.id,
      settings: ownSettings(alternative.settings.values, family),
    };
    const facts = { path, own: ownSettings(route.settings.values, family), choice, main: target.backend.id };
    family.emitBackendLocation?.(deciding, location, canary === undefined ? facts : { ...facts, canary });
  });
};

const upstreamsOf = ({ auth, mirror }: Callees): RouteFacts['callees'] => ({
  ...(auth === undefined ? {} : { auth: auth.backend.id }),
  ...(mirror === undefined ? {} : { mirror: mirror.backend.id }),
});

const identityIn = (common: RouteFacts['identity'], values: Settings): RouteFacts['identity'] => {
  const verified = clientIdentity(values['client-certificates']);
  return verified.length === 0 ? common : [...new Map([...common, ...verified])];
};

const emitFeatures = (route: Route<RouteSettings>, location: LocationBuilder, context: LocationContext): void => {
  const { values, written } = route.settings;
  const facts: RouteFacts = {
    path: route.path,
    exempt: hasPrefix(route.path, values['basic-auth']['no-auth-locations']),
    protocol: route.protocol,
    names: namesOf(route),
    written,
    callees: upstreamsOf(route.callees ?? {}),
    ...context,
    identity: identityIn(context.identity, values),
  };
  eachFamily(values, (family, own) => family.emitLocation?.(own, location, facts));
};

/** The body of a route's locations. Throws `EncodingRefusal` where a value cannot be written. */
export const compileBody = (route: Route<RouteSettings>, context: LocationContext): LocationBody => {
  if (route.target.kind === 'answer' && route.target.why === 'closed') return closedBody(route);
  if (route.target.kind === 'redirect') return redirectBody(route.target);
  const location = new LocationBuilder();
  emitFeatures(route, location, context);
  addPass(route, location, context);
  return location.finish(route, context);
};
