import type { ProblemCode } from '../problems/catalogue.ts';
import type {
  BlockDraft,
  HttpDraft,
  LocationDraft,
  MainDrafts,
  ServerDraft,
  SplitDraft,
  StreamDraft,
  UpstreamDraft,
} from '../nginx/draft.ts';
import type { Complex } from '../nginx/expression.ts';
import type { BackendDraft, BackendProtocol, CalleeRole, HostDraft, RouteDraft } from '../model/route-draft.ts';
import type { RequestHeaders } from './client-identity.ts';
import type { NginxModule } from '../values/nginx-module.ts';
import type { References } from './references.ts';
import type { ValueType } from './value-types.ts';

/** How much harm a value can do; `annotations-risk-level` sets the limit. */
export type Risk = 'Low' | 'Medium' | 'High' | 'Critical';

/** One key: an annotation, a key of the ConfigMap, or both (then the annotation wins). */
export interface KeySpec<T = unknown> {
  readonly type: ValueType<T>;
  /** Value where nobody says anything; absent means "not set". */
  readonly default?: T;
  readonly source: 'annotation' | 'configmap' | 'both';
  /** Other names of the annotation, consulted only where the first is absent or empty. */
  readonly aliases?: readonly string[];
  /** Name in the ConfigMap where it differs. */
  readonly configMapKey?: string;
  readonly scope: 'location' | 'server' | 'http' | 'upstream' | 'stream';
  readonly risk: Risk;
  /** `default`: the setting falls back; `close`: the routes of the object answer 503 until it is corrected. */
  readonly onInvalid: 'default' | 'close';
  /** What stands instead of an invalid value, where the default would allow more than was asked for. */
  readonly whenInvalid?: T;
  /** Parts of NGINX without which it cannot be what a value asks for; where one is missing, the value is invalid. */
  needs?(value: T): readonly NginxModule[];
  /** Whether a value protects its route, where that is not simply `onInvalid: 'close'`. */
  protects?(text: string): boolean;
  /** Holds configuration: as an annotation it counts only where the operator allows snippets. */
  readonly isSnippet?: true;
  /** Its value is key material: no message shows it. */
  readonly secret?: true;
  /** How it compares with ingress-nginx 1.15.1; `no-op`: nothing is left for it to decide. */
  readonly compat: 'same' | 'stricter' | 'differs' | 'no-op';
  /** One or more sentences for `docs/annotations.md`. */
  readonly doc: string;
}

/** The keys of a family by name. */
export type KeySpecs = Readonly<Record<string, KeySpec>>;

type ValueOf<Spec> = Spec extends { readonly type: ValueType<infer T> }
  ? Spec extends { readonly default: unknown }
    ? T
    : T | undefined
  : never;

/** Values of a family's keys: present where the key has a default, else possibly `undefined`. */
export type SettingsOf<Keys> = { readonly [K in keyof Keys]: ValueOf<Keys[K]> };

/** Names of the objects behind a route; empty where it has none. */
export interface RouteNames {
  readonly namespace: string;
  readonly ingress: string;
  readonly service: string;
  /** The port of the Service, as the log names it. */
  readonly port: string;
}

/** Facts about a route that a family may need when it emits. */
export interface RouteFacts {
  /** The path as the Ingress wrote it (`/` where empty). */
  readonly path: string;
  /** Whether requests to it never need to say who they are from. */
  readonly exempt: boolean;
  readonly protocol: BackendProtocol;
  readonly names: RouteNames;
  /** Whether the host counts as having a certificate (its own, or the default one by a `tls` section). */
  readonly hasCertificate: boolean;
  /** Whether this is the server of all other hosts. */
  readonly catchAll: boolean;
  readonly references: References;
  /** Names of the upstreams of whom the route asks besides its backend. */
  readonly callees: Readonly<Partial<Record<CalleeRole, string>>>;
  /** Request headers toward every backend, as the ConfigMap decides them. */
  readonly backendHeaders: ReadonlyMap<string, Complex>;
  /** What backends, and whoever else is asked, learn of the client's certificate. */
  readonly identity: RequestHeaders;
  /** Keys of this family that the object itself sets: the others stand in `http` already. */
  readonly written: ReadonlySet<string>;
  /** `https://` + the host that the client asked for + the public port (443 only where asked for) + the value of a variable. */
  httpsUrl(path: 'request_uri' | 'pt_redirect_uri', port: { readonly namesPort: boolean }): Complex;
}

/** What a family may need to know of a route that leads to a backend. */
export interface BackendFacts<Keys extends KeySpecs> {
  /** The path as the Ingress wrote it (`/` where empty). */
  readonly path: string;
  /** The settings of the route itself. */
  readonly own: SettingsOf<Keys>;
  /** The upstream that each request goes to. */
  readonly choice: Complex;
  /** Name of the upstream of the main backend. */
  readonly main: string;
  /** Name and settings of the upstream of its canary. */
  readonly canary?: { readonly id: string; readonly settings: SettingsOf<Keys> };
}

/** Facts about an Ingress that a family may need when it emits for the hosts of that Ingress. */
export interface ServerFacts extends Pick<RouteFacts, 'written' | 'references'> {
  /** As `Site` has it: empty for all other hosts. */
  readonly host: string;
  /** Whether this Ingress decides which certificates the clients of the host must show. */
  readonly asksClients: boolean;
}

/** What the checks across keys see. */
export interface CheckContext {
  readonly references: References;
  /** Keys that the object itself sets to a valid value; those of the ConfigMap are not among them. */
  readonly written: ReadonlySet<string>;
  /** Code of what does not fit together. */
  readonly invalid: 'InvalidAnnotation' | 'InvalidSetting';
}

/** What a check across keys finds; it becomes a Problem of the annotation `key`. */
export interface Finding {
  readonly key: string;
  readonly code: ProblemCode;
  readonly expected: string;
  readonly received?: string;
  /** The routes of the object answer 503. */
  readonly closes: boolean;
  /** What is done instead, where the routes stay open. */
  readonly consequence?: string;
}

/** A family: keys with their grammar, and at most one effect per stage and context. */
export interface Family<Name extends string = string, Keys extends KeySpecs = KeySpecs> {
  readonly name: Name;
  /** One sentence for the documents. */
  readonly summary: string;
  readonly keys: Keys;
  /** Rules across keys and references. */
  check?(settings: SettingsOf<Keys>, context: CheckContext): readonly Finding[];
  /** Changes what the route is, before servers and locations exist. */
  shape?(settings: SettingsOf<Keys>, route: RouteDraft): void;
  /** Says under which further names the hosts of an Ingress are reached. */
  shapeHost?(settings: SettingsOf<Keys>, host: HostDraft): void;
  /** Changes what a backend is; the settings are those of the oldest Ingress that leads to it. */
  shapeBackend?(settings: SettingsOf<Keys>, backend: BackendDraft): void;
  emitUpstream?(settings: SettingsOf<Keys>, upstream: UpstreamDraft): void;
  emitLocation?(settings: SettingsOf<Keys>, location: LocationDraft, route: RouteFacts): void;
  /** Says something in every location that leads to a backend; the settings are those that hold for its upstream. */
  emitBackendLocation?(settings: SettingsOf<Keys>, location: LocationDraft, route: BackendFacts<Keys>): void;
  /** The upstream that a request goes to where its backend has a canary; the settings are those of the canary. */
  emitSplit?(settings: SettingsOf<Keys>, split: SplitDraft): Complex;
  /** Asked for every Ingress of a host; a directive that a server has once is that of the oldest. */
  emitServer?(settings: SettingsOf<Keys>, server: ServerDraft, ingress: ServerFacts): void;
  /** Says what stands outside of `http`. */
  emitMain?(settings: SettingsOf<Keys>, contexts: MainDrafts): void;
  /** Asked for every server, also of hosts that no Ingress has; the settings are those of the installation. */
  emitEveryServer?(settings: SettingsOf<Keys>, server: BlockDraft, facts: { readonly catchAll: boolean }): void;
  /** What keys of the ConfigMap name may be in any namespace. */
  emitHttp?(settings: SettingsOf<Keys>, http: HttpDraft, installation: Pick<RouteFacts, 'references'>): void;
  /** Asked once, for everything that passes on bytes. */
  emitStream?(settings: SettingsOf<Keys>, stream: StreamDraft): void;
}

/** Declares a family; the types of its settings follow from its keys. */
export const defineFamily = <const Name extends string, const Keys extends KeySpecs>(
  family: Family<Name, Keys>,
): Family<Name, Keys> => family;

/** The `needs` of a key that switches on what a part of NGINX does. */
export const whenOn =
  (module: NginxModule) =>
  (value: unknown): readonly NginxModule[] =>
    value === true ? [module] : [];

/** A value as its owner would write it, for messages and documents. */
export const formatValue = ({ type }: KeySpec, value: unknown): string => {
  if (type.format !== undefined) return type.format(value);
  return Array.isArray(value) ? value.join(',') : String(value);
};
