import type { NginxArg } from './argument.ts';
import type { Directive, Statement } from './directive.ts';

/** Who asked for a block or line: printed as `# from …`, and how an NGINX error line finds its object. */
export type Origin = NginxArg;

export interface LocationBlock {
  readonly origin: Origin;
  /** `=`, `~*`; absent for a prefix location. */
  readonly modifier?: NginxArg;
  readonly path: NginxArg;
  readonly statements: readonly Statement[];
}

export interface ServerBlock {
  readonly origins: readonly Origin[];
  readonly names: readonly NginxArg[];
  readonly listens: readonly { readonly address: NginxArg; readonly options: readonly NginxArg[] }[];
  readonly statements: readonly Statement[];
  readonly locations: readonly LocationBlock[];
  /** The server of all other hosts, which also answers for the health of NGINX. */
  readonly catchAll?: { readonly healthPath: NginxArg };
  /** Certificate and key of a TLS context of its own; others shake hands with that of the default server. */
  readonly certificate?: NginxArg;
  /** A snippet may rewrite requests, and must leave subrequests to locations of ours alone. */
  readonly shieldsInner: boolean;
  /** Some of its routes answer 404 where their Service has no endpoints. */
  readonly hidesEmpty: boolean;
}

export interface UpstreamBlock {
  readonly origin: Origin;
  readonly id: NginxArg;
  /** The shared zone; absent where peers are static. */
  readonly zone?: { readonly name: NginxArg; readonly size: NginxArg };
  /** How its servers take turns. */
  readonly directives: readonly Directive[];
  readonly servers: readonly { readonly address: NginxArg; readonly options: readonly NginxArg[] }[];
}

/** One line of a map; `origin` names the object that asked for it. */
export interface MapLine {
  readonly key: NginxArg;
  readonly value: NginxArg;
  readonly origin?: Origin;
}

export interface MapBlock {
  /** The object that asked for the block; absent for our own. */
  readonly origin?: Origin;
  readonly source: NginxArg;
  readonly target: NginxArg;
  readonly lines: readonly MapLine[];
}

export interface GeoBlock {
  /** The object that asked for the block; absent for our own. */
  readonly origin?: Origin;
  readonly source: NginxArg;
  readonly target: NginxArg;
  readonly lines: readonly MapLine[];
}

/** Divides requests by chance: each line is a part of them, or `*` for the rest. */
export interface SplitBlock {
  readonly origin: Origin;
  readonly source: NginxArg;
  readonly target: NginxArg;
  readonly lines: readonly MapLine[];
}

/** Shared memory in which NGINX counts requests or connections. */
export interface LimitZone {
  readonly origin: Origin;
  readonly directive: Directive;
}

/** A block of directives with nothing but a name. */
export interface NamedBlock {
  readonly name: NginxArg;
  readonly directives: readonly Directive[];
}

/** A database in which variables look the client's address up. */
export interface DatabaseBlock {
  readonly file: NginxArg;
  readonly variables: readonly {
    readonly target: NginxArg;
    readonly path: readonly NginxArg[];
    /** What stands for an address without such a value; absent for nothing. */
    readonly otherwise?: NginxArg;
  }[];
}

/** Addresses of served ports at which nobody is served. */
export type Elsewhere = Pick<ServerBlock, 'listens'>;

export interface HttpBlock {
  readonly directives: readonly Directive[];
  /** Lines of a snippet. */
  readonly statements: readonly Statement[];
  readonly blocks: readonly NamedBlock[];
  readonly databases: readonly DatabaseBlock[];
  readonly geos: readonly GeoBlock[];
  readonly maps: readonly MapBlock[];
  readonly splits: readonly SplitBlock[];
  readonly zones: readonly LimitZone[];
  readonly upstreams: readonly UpstreamBlock[];
  readonly servers: readonly ServerBlock[];
  /** Where connections are closed; absent where all addresses are served. */
  readonly elsewhere?: Elsewhere;
}

/** A port whose bytes are passed on. */
export interface StreamServer {
  readonly origin: Origin;
  /** What a TLS client has to ask for; absent where that does not count. */
  readonly names?: readonly NginxArg[];
  readonly listens: ServerBlock['listens'];
  readonly directives: readonly Directive[];
}

export interface StreamBlock {
  readonly directives: readonly Directive[];
  /** Lines of snippets. */
  readonly statements: readonly Statement[];
  readonly upstreams: readonly UpstreamBlock[];
  readonly servers: readonly StreamServer[];
  readonly elsewhere?: Elsewhere;
}

/** Paths and facts of this installation that fixed parts of the templates name. */
export interface Installation {
  readonly pid: NginxArg;
  readonly emergLog: NginxArg;
  readonly localHttp: NginxArg;
  readonly resolver: NginxArg;
  readonly verifySocket: NginxArg;
  readonly notFoundSocket: NginxArg;
  readonly encoderSocket: NginxArg;
  /** Where answers of authentication services are remembered; absent where nobody asks for it. */
  readonly authCache?: NginxArg;
  readonly temp: NginxArg;
}

/** What stands outside of all blocks. */
export interface MainContext {
  /** Facts of the machine, as far as nothing else is said about them. */
  readonly includes: readonly NginxArg[];
  readonly directives: readonly Directive[];
  /** Lines of a snippet. */
  readonly statements: readonly Statement[];
}

/** A whole nginx.conf as contexts and directives; nothing in it is undecided or unescaped. */
export interface NginxConfig {
  readonly installation: Installation;
  readonly main: MainContext;
  readonly events: Pick<MainContext, 'directives'>;
  readonly http: HttpBlock;
  /** Absent where no bytes are passed on. */
  readonly stream?: StreamBlock;
}
