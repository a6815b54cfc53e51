import type { RouteNames } from '../annotations/define.ts';
import type { Backend, ErrorAnswers, Route, RouteTarget } from '../model/routing-model.ts';
import { inPhaseOrder, statementText, type Statement } from '../nginx/directive.ts';
import { StatementList } from '../nginx/draft.ts';
import { expr, type Complex } from '../nginx/expression.ts';
import { sha256 } from '../values/digest.ts';
import { moduleOf } from './backend-modules.ts';

type BackendTarget = Extract<RouteTarget, { readonly kind: 'backend' }>;
type Headers = readonly (readonly [name: string, value: Complex])[];

/** What the answers to errors of a route take from it. */
export interface ErrorContext {
  readonly names: RouteNames;
  /** The headers of its answers. */
  readonly shown: readonly Statement[];
  /** Headers of backends that its answers do not show; none where `http` says all of them. */
  readonly hidden: readonly string[];
  /** Request headers toward its backend. */
  readonly backendHeaders: Headers;
  /** Names of request headers that its backend does not get as the client says them: passwords, names of users. */
  readonly withheld: readonly string[];
  /** A snippet names answers to errors, and NGINX inherits those of `http` all or none. */
  readonly repeats: boolean;
}

/** How a location reaches the answers to its errors. */
export interface ErrorLocations {
  readonly statements: readonly Statement[];
  /** Named locations of the server, by name. */
  readonly named: ReadonlyMap<string, readonly Statement[]>;
}

const NAME_LENGTH = 16;

/** Tells a default backend what it answers for; `set` because all routes of a host share its named locations. */
const NAMES: readonly (readonly [variable: `pt_${string}`, header: string, name: keyof RouteNames])[] = [
  ['pt_namespace', 'X-Namespace', 'namespace'],
  ['pt_ingress', 'X-Ingress-Name', 'ingress'],
  ['pt_service', 'X-Service-Name', 'service'],
  ['pt_service_port', 'X-Service-Port', 'port'],
];

/** What a default backend is told of a request with this status code. */
export const contract = (code: number): Headers => [
  ['X-Code', String(code)],
  ['X-Format', expr`${'http_accept'}`],
  ...NAMES.map(([variable, header]) => [header, expr`${variable}`] as const),
  ['X-Request-ID', expr`${'pt_request_id'}`],
];

/** Builds the named locations of one route; each is named by what it says, so that equal ones of a server are one. */
class ErrorAnswerBuilder {
  readonly named = new Map<string, readonly Statement[]>();
  readonly #context: ErrorContext;

  constructor(context: ErrorContext) {
    this.#context = context;
  }

  /** A page for a status code, made by a backend or by NGINX. */
  page(code: number, backend: Backend | undefined): string {
    const own = this.#add(`page_${code}`, (list) => list.add('return', code));
    if (backend === undefined) return own;
    const told: Headers = [
      ...contract(code),
      ['X-Original-URI', expr`${'request_uri'}`],
      ['X-Forwarded-For', expr`${'remote_addr'}`],
      ['Host', expr`${'best_http_host'}`],
      ...(code === 413 ? [['Content-Length', ''] as const] : []),
    ];
    return this.#add(`page_${code}`, (list) => {
      for (const failure of [502, 504]) list.add('error_page', failure, '=', own);
      list.add('rewrite', '^', '/', 'break');
      // NGINX has thrown away a body that was too large, and the backend would wait for it.
      if (code === 413) list.add('proxy_pass_request_body', false);
      this.#pass(list, backend, [...told, ...this.#withheldBeside(told)]);
    });
  }

  /** What a client says to nobody behind the route, it does not say to those who make its pages. */
  #withheldBeside(told: Headers): Headers {
    const names = new Set(told.map(([name]) => name.toLowerCase()));
    return this.#context.withheld.filter((name) => !names.has(name.toLowerCase())).map((name) => [name, '']);
  }

  /** A backend that gets the request in place of one without endpoints. */
  instead(status: number, backend: Backend): string {
    const headers = new Map([...this.#context.backendHeaders, ...contract(status)]);
    return this.#add('instead', (list) => this.#pass(list, backend, [...headers]));
  }

  /** Where a request goes whose backend cannot be reached: `status` where it has no endpoints, else 502. */
  unavailable(status: number, answers: ReadonlyMap<number, string>): string {
    return this.#add('unavailable', (list) => {
      if (answers.size > 0) list.add('recursive_error_pages', true);
      for (const [code, name] of answers) list.add('error_page', code, '=', name);
      list.answerIf({ phase: 'redirect', variable: 'pt_no_endpoints', equals: '1', code: status });
      list.add('return', 502);
    });
  }

  #pass(list: StatementList, backend: Backend, headers: Headers): void {
    list.add('recursive_error_pages', true);
    list.add('set', 'proxy_upstream_name', backend.label);
    for (const [name, value] of headers) list.add('proxy_set_header', name, value);
    for (const name of this.#context.hidden) list.add('proxy_hide_header', name);
    list.add('proxy_pass', `http://${backend.id}`);
  }

  #add(role: string, fill: (list: StatementList) => void): string {
    const list = new StatementList();
    fill(list);
    const statements = inPhaseOrder([...list.inOrder(), ...this.#context.shown]);
    const name = `@pt_${role}_${sha256(statements.map(statementText).join('\n')).slice(0, NAME_LENGTH)}`;
    this.named.set(name, statements);
    return name;
  }
}

/** Who answers where the backend has no endpoints. */
const emptyAnswer = (
  builder: ErrorAnswerBuilder,
  status: number,
  { errors: { codes, backend, standsIn }, target }: { readonly errors: ErrorAnswers; readonly target: BackendTarget },
): string | undefined => {
  if (standsIn && backend !== undefined && target.standsIn !== true) return builder.instead(status, backend);
  return codes.includes(status) ? builder.page(status, backend) : undefined;
};

const pairIf = (code: number, name: string | undefined): readonly (readonly [number, string])[] =>
  name === undefined ? [] : [[code, name]];

/** Status codes of a location with the named locations that answer them. */
const answersOf = (
  builder: ErrorAnswerBuilder,
  { target }: Route<unknown>,
  errors: ErrorAnswers,
): ReadonlyMap<number, string> => {
  const pages = new Map(errors.codes.map((code) => [code, builder.page(code, errors.backend)]));
  if (target.kind !== 'backend') return pages;
  const status = target.whenEmpty;
  const unreachable = new Map([
    ...pairIf(502, pages.get(502)),
    ...pairIf(status, emptyAnswer(builder, status, { errors, target })),
  ]);
  return pages.set(502, builder.unavailable(status, unreachable));
};

const NOTHING: ErrorAnswers = { codes: [], intercepts: false, standsIn: false };

/** A location whose answers have headers of their own also has them where its backend has no endpoints. */
const isUsual = ({ errors, target }: Route<unknown>, { shown }: ErrorContext): boolean =>
  errors === undefined && (shown.length === 0 || target.kind !== 'backend');

/** Answers that every server has; that of a Service without endpoints stands in `http`. */
const usualAnswers = ({ target }: Route<unknown>, { repeats }: ErrorContext): ReadonlyMap<number, string> => {
  if (target.kind !== 'backend') return new Map();
  if (target.whenEmpty === 404) return new Map([[502, '@pt_not_found']]);
  return new Map(repeats ? [[502, '@pt_unavailable']] : []);
};

/** What a location says of errors; nothing where the answers that every server has will do. */
export const compileErrors = (route: Route<unknown>, context: ErrorContext): ErrorLocations => {
  const { errors = NOTHING, protocol } = route;
  const list = new StatementList();
  const builder = new ErrorAnswerBuilder(context);
  const answers = isUsual(route, context) ? usualAnswers(route, context) : answersOf(builder, route, errors);
  for (const [code, name] of answers) list.add('error_page', code, '=', name);
  if (errors !== NOTHING && answers.size > 0) {
    list.add('recursive_error_pages', true);
    for (const [variable, , name] of NAMES) list.add('set', variable, context.names[name]);
  }
  if (errors.intercepts && errors.codes.length > 0) list.add(`${moduleOf(protocol)}_intercept_errors`, true);
  return { statements: list.inOrder(), named: builder.named };
};
