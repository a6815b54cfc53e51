import type { LabelSelector } from '../cluster/label-selector.ts';
import type { Ports } from '../nginx/draft.ts';
import type { NginxConfig } from '../nginx/tree.ts';
import type { ConfigFile } from '../protocol/generation.ts';
import type { Layout } from '../protocol/layout.ts';
import { partsOfOthers } from '../values/nginx-module.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { RefusedSettings } from './refused-settings.ts';
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

/** Whether NGINX has a part, named as in `--with-…`; one that nobody asked has all of its own and none of others. */
export const hasPart =
  ({ modules }: Capabilities) =>
  (name: string): boolean =>
    modules?.includes(name) ?? partsOfOthers.every((part) => part !== name);

/** Whether NGINX can pass on bytes. */
export const servesStreams = (capabilities: Capabilities): boolean => hasPart(capabilities)('stream_module');

/** Everything that planning depends on besides the cluster. */
export interface PlanOptions {
  readonly classRules: ClassRules;
  /** Only this namespace; absent for all. */
  readonly watchNamespace?: string;
  /** Only namespaces with such labels; absent for all. */
  readonly namespaceSelector?: LabelSelector;
  /** Ingresses with a default backend are left out. */
  readonly disableCatchAll: boolean;
  /** Services of type ExternalName are not served. */
  readonly disableExternalNames: boolean;
  /** What becomes of routes that ask for a protection they cannot have; `report`: they are served without it. */
  readonly securityMismatch: 'close' | 'report';
  /** Where NGINX answers for its own health, on hosts that nobody has. */
  readonly healthPath: string;
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
  /** Ports of the Pod that flags give to others than clients. */
  readonly reservedPorts: readonly number[];
  /** `dns`: peers follow the endpoint table without a reload; `reload`: addresses stand in the configuration. */
  readonly endpoints: 'dns' | 'reload';
  readonly layout: Layout;
  /** A file or device, or `off`. */
  readonly accessLog: string;
  readonly capabilities: Capabilities;
  readonly setAside: ReadonlyMap<ObjectRef, SetAside>;
  /** Texts of the ConfigMap that NGINX refused; absent where it took all. */
  readonly refusedSettings?: RefusedSettings | undefined;
  /** Ports of TCP and UDP services that NGINX could not open, and what it said. */
  readonly heldPorts: ReadonlyMap<number, string>;
  readonly render: Renderer;
}
