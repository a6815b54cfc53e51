import type { Ports } from '../nginx/draft.ts';
import type { NginxConfig } from '../nginx/tree.ts';
import type { ConfigFile } from '../protocol/generation.ts';
import type { Layout } from '../protocol/layout.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { RefusedSnippets } from './refused-snippets.ts';
import type { SetAside } from './set-aside.ts';

/** Prints a configuration as files: `render/` with the templates in force. */
export type Renderer = (config: NginxConfig) => readonly ConfigFile[];

/** Which Ingresses are ours (flags of the same names). */
export interface ClassRules {
  readonly ingressClass: string;
  readonly controllerClass: string;
  readonly watchIngressWithoutClass: boolean;
  readonly ingressClassByName: boolean;
}

/** What the agent said of its machine and NGINX. */
export interface Capabilities {
  readonly ipv6: boolean;
  /** Parts of NGINX, named as in `--with-…`; absent where there is no NGINX to ask. */
  readonly modules?: readonly string[];
}

/** Whether NGINX can pass on bytes: a part that some distributions pack separately. */
export const servesStreams = ({ modules }: Capabilities): boolean =>
  modules === undefined || modules.includes('stream') || modules.includes('stream_module');

/** Whether NGINX has a part, named as in `--with-…`; `true` where there is no NGINX to ask. */
export const hasPart =
  ({ modules }: Capabilities) =>
  (name: string): boolean =>
    modules?.includes(name) ?? true;

/** Everything that planning depends on besides the cluster. */
export interface PlanOptions {
  readonly classRules: ClassRules;
  /** Only this namespace; absent for all. */
  readonly watchNamespace?: string;
  readonly annotationsPrefix: string;
  /** The ConfigMap with global settings. */
  readonly configMap?: ObjectRef;
  /** The Service that answers where no route does. */
  readonly defaultBackendService?: ObjectRef;
  /** The Secret that serves hosts without a certificate of their own. */
  readonly defaultSslCertificate?: ObjectRef;
  /** The ConfigMaps that say which ports lead to which Services, without a look at what is said. */
  readonly tcpServices?: ObjectRef;
  readonly udpServices?: ObjectRef;
  readonly ports: Ports;
  /** `dns`: peers follow the endpoint table without a reload; `reload`: addresses stand in the configuration. */
  readonly endpoints: 'dns' | 'reload';
  readonly layout: Layout;
  /** A file or device, or `off`. */
  readonly accessLog: string;
  readonly capabilities: Capabilities;
  readonly setAside: ReadonlyMap<ObjectRef, SetAside>;
  /** Snippets of the ConfigMap that NGINX refused; absent where it took all. */
  readonly refusedSnippets?: RefusedSnippets;
  readonly render: Renderer;
}
