import { encode } from './argument.ts';
import { type DirectiveName, directiveCatalogue, type DirectiveSpec, type Phase } from './catalogue.ts';
import type { ClusterRegex } from './cluster-regex.ts';
import {
  condition,
  directive,
  inPhaseOrder,
  statement,
  type Directive,
  type DirectiveInput,
  type Statement,
} from './directive.ts';
import type { Complex, KeyExpression, VariableName } from './expression.ts';
import type { SnippetLine } from './snippet.ts';

/** A block that takes directives. */
export interface DirectiveSink {
  /** Adds a directive; a non-repeatable one replaces what an earlier feature added. */
  add<Name extends DirectiveName>(name: Name, ...values: DirectiveInput<Name>): void;
}

/** What features may do to a server or location while it is being compiled. */
export interface BlockDraft extends DirectiveSink {
  /** Adds `if ($variable = "equals") { return code "target"; }`. */
  answerIf(answer: ConditionalAnswer): void;
  /** A line of an accepted snippet. */
  addLine(line: SnippetLine): void;
}

/** What features may do to a server. */
export interface ServerDraft extends BlockDraft {
  /** A variable that follows from `source` by these lines. */
  mapped(source: KeyExpression, lines: readonly DraftLine[]): VariableName;
  /** TLS sessions of the server are resumed only while this text stays the same. */
  keepSessionsApart(by: string): void;
}

/** What features may do to an upstream. */
export interface UpstreamDraft extends DirectiveSink {
  /** Its servers differ by name, which is what NGINX places on the ring of a consistent hash. */
  readonly hasNamedServers: boolean;
  /** Path of the cookie that NGINX sets for it; absent where it sets none. */
  readonly cookiePath?: string;
  readonly isCanary: boolean;
  /** How its servers take turns: the last family decides, because NGINX takes one method. */
  balance<Name extends 'hash' | 'random'>(name: Name, ...values: DirectiveInput<Name>): void;
}

/** What a request is answered with when a variable has exactly this value. */
export interface ConditionalAnswer {
  readonly phase: Extract<Phase, 'redirect' | 'tls-redirect' | 'rewrite'>;
  readonly variable: string;
  readonly equals: string;
  readonly code: number;
  /** Where a redirect leads. */
  readonly target?: Complex;
}

/** A block that answers clients. */
export interface AnswerDraft {
  /** Sets a header of every answer, in place of the backend's; an empty value sends none. */
  setAnswerHeader(name: string, value: Complex): void;
}

/** A block whose requests go to backends. */
export interface BackendHeaderDraft {
  /** Sets a request header toward the backend; an empty value removes it. */
  setBackendHeader(name: string, value: Complex): void;
}

/** A location adds the headers toward the backend, which NGINX does not inherit piecemeal. */
export interface LocationDraft extends BlockDraft, AnswerDraft, BackendHeaderDraft {
  /** Sends a cookie beside those of the backend, except with error pages; an empty value sends none. */
  addCookie(value: Complex): void;
  /** A variable that follows from `source` by these lines. */
  mapped(source: KeyExpression, lines: readonly DraftLine[]): VariableName;
  /** The zone in which this is counted, shared by all locations that ask for it. */
  limitZone(limit: Limit): string;
  /** A location of the same server; equal ones of one owner are one. Returns its name or path. */
  innerLocation(location: InnerLocation, fill: (block: BlockDraft) => void): string;
  /** Names all request headers toward the backend, because a snippet sets one and NGINX inherits all or none. */
  repeatBackendHeaders(): void;
  /** Names the answer to a backend without endpoints too, because a snippet names one to another error. */
  repeatErrorAnswers(): void;
  /** Makes the location answer 503, whatever else is added. */
  close(): void;
}

/** A location that no client can ask for. */
export interface InnerLocation {
  /** `subrequest` has a path that only subrequests reach; `errors` a name that only `error_page` leads to. */
  readonly reachedBy: 'subrequest' | 'errors';
  /** What it is for, in its name. */
  readonly role: string;
  /** Equal locations of different owners are kept apart. */
  readonly owner: string;
}

/** How requests are divided between the upstream of a backend and that of its canary. */
export interface SplitDraft {
  /** Name of the upstream that gets what nothing else is said about. */
  readonly main: string;
  readonly canary: string;
  /** The upstream that earlier families chose. */
  readonly choice: Complex;
  /** A variable that follows from `source` by these lines. */
  mapped(source: Complex, lines: readonly DraftLine[]): VariableName;
  /** The canary for so many hundredths of a percent of all requests, by chance; else the main upstream. */
  drawn(hundredths: number): VariableName;
}

/** What NGINX counts. */
export interface Limit {
  /** Equal limits of different owners are counted apart. */
  readonly owner: string;
  readonly key: KeyExpression;
  /** Networks whose clients are not counted. */
  readonly exempt: readonly string[];
  /** Requests in a time; absent where connections are counted. */
  readonly rate?: { readonly requests: number; readonly per: 's' | 'm' };
}

/** Ports that NGINX listens on, and the ports that clients see for them. */
export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly publicHttp: number;
  readonly publicHttps: number;
  /** Hosts may ask that their TLS is passed on: then the part of NGINX that passes on bytes listens on `https`. */
  readonly passthrough: boolean;
}

/** What NGINX was built with. */
export interface NginxParts {
  /** Whether NGINX has a part, named as in `--with-…`; `true` where there is no NGINX to ask. */
  readonly hasPart: (name: string) => boolean;
}

/** What features may do where bytes are passed on. */
export interface StreamDraft extends DirectiveSink {
  /** A file or device, or `off`. */
  readonly accessLog: string;
}

/** What features may do outside of `http`. */
export interface MainDrafts extends NginxParts {
  readonly main: DirectiveSink;
  readonly events: DirectiveSink;
}

/** What features may do to the `http` block. */
export interface HttpDraft extends DirectiveSink, AnswerDraft, BackendHeaderDraft, NginxParts {
  readonly ports: Ports;
  /** Whether clients may speak HTTP/3. */
  readonly servesHttp3: boolean;
  /** A file or device, or `off`. */
  readonly accessLog: string;
  addMap(source: Complex, target: VariableName, lines: readonly DraftLine[]): void;
  addGeo(source: string, target: VariableName, lines: readonly (readonly [network: string, value: string])[]): void;
  /** A variable that is one of two words, by chance. */
  addSplit(source: Complex, target: VariableName, parts: SplitParts): void;
  /** A block of directives that stands once in `http`. */
  addBlock(name: string, fill: (block: DirectiveSink) => void): void;
  /** Variables that follow from the client's address. */
  addDatabase(database: DraftDatabase): void;
}

/** So many hundredths of a percent, and the words for these and for the others. */
export interface SplitParts {
  readonly hundredths: number;
  readonly drawn: string;
  readonly rest: string;
}

/** A database in which variables look the client's address up. */
export interface DraftDatabase {
  readonly file: string;
  readonly variables: readonly {
    readonly name: VariableName;
    readonly path: readonly string[];
    readonly otherwise?: string;
  }[];
}

/** A line of a map: `default`, a key in any case, a regular expression of our own, or one from the cluster. */
export type DraftLine =
  | { readonly default: Complex }
  | { readonly key: string; readonly value: Complex }
  | { readonly matches: string; readonly value: Complex }
  | { readonly matchesCluster: ClusterRegex; readonly value: Complex };

/** Collects the statements of one block. */
export class StatementList {
  readonly #statements: Statement[] = [];

  add<Name extends DirectiveName>(name: Name, ...values: DirectiveInput<Name>): void {
    const spec: DirectiveSpec = directiveCatalogue[name];
    const added = statement(directive(name, ...values), name);
    const earlier = spec.repeatable === true ? -1 : this.#indexOf(name);
    if (earlier === -1) this.#statements.push(added);
    else this.#statements[earlier] = added;
  }

  answerIf({ phase, code, target, ...test }: ConditionalAnswer): void {
    const answer = directive('return', code, ...(target === undefined ? [] : [target]));
    this.#statements.push({ phase, condition: condition(test, [answer]) });
  }

  addCookie(value: Complex): void {
    const header = directive('add_header', 'Set-Cookie', value, 'always');
    this.#statements.push({ phase: 'headers', directive: header });
  }

  addLine(line: SnippetLine): void {
    this.#statements.push({ phase: 'snippet', line: encode('snippetLine', line) });
  }

  inOrder(): readonly Statement[] {
    return inPhaseOrder(this.#statements);
  }

  #indexOf(name: DirectiveName): number {
    return this.#statements.findIndex((one) => 'directive' in one && one.directive.name.text === name);
  }

  directives(): readonly Directive[] {
    return this.inOrder().flatMap((one) => ('directive' in one ? [one.directive] : []));
  }
}
