import type { Family, KeySpec } from '../annotations/define.ts';
import { families, type Settings } from '../annotations/index.ts';
import { concernsStreams, isProtective } from '../annotations/parse.ts';
import type { Route, Site } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import { refParts } from '../values/object-ref.ts';
import type { BackendResolver } from './backends.ts';
import { shapeHost } from './further-hosts.ts';
import { servesStreams, type PlanOptions } from './options.ts';
import { ownAnnotations, type ParsedIngress } from './parse-ingress.ts';
import type { RouteSettings } from './sites.ts';

type OpenSite = Omit<Site<RouteSettings>, 'certificate'>;

/** A site whose TLS is passed on where that was asked for and opens nothing. */
export interface PassedSite {
  readonly site: OpenSite;
  readonly problems: readonly Problem[];
}

/** What deciding that needs. */
export interface PassthroughContext {
  readonly options: PlanOptions;
  readonly backends: BackendResolver;
  /** The Ingresses of the host, oldest first. */
  readonly members: readonly ParsedIngress[];
}

const asks = ({ settings }: ParsedIngress): boolean => shapeHost(settings).passesThrough;

/** The `/` of the host, where a Service of an Ingress answers it. */
const rootOf = ({ routes }: OpenSite): Route<RouteSettings> | undefined =>
  routes.find(({ path, match, target }) => {
    const isRoot = path === '/' && match.kind !== 'exact';
    return isRoot && target.kind === 'backend' && target.whenEmpty === 503;
  });

const isGlobalProtection = (spec: KeySpec, value: unknown): boolean =>
  spec.onInvalid === 'close' &&
  spec.protects === undefined &&
  spec.source !== 'annotation' &&
  JSON.stringify(value) !== JSON.stringify(spec.default);

/** Keys of the ConfigMap that protect every route. */
const globalProtections = (settings: Settings): readonly string[] =>
  (families as readonly Family[]).flatMap((family) => {
    const values: Readonly<Record<string, unknown>> = settings[family.name as keyof Settings];
    return Object.entries(family.keys).flatMap(([key, spec]) =>
      isGlobalProtection(spec, values[key]) ? [spec.configMapKey ?? key] : [],
    );
  });

/** What only an NGINX that reads the requests can give. */
const protectionsOf = ({ ingress, settings }: ParsedIngress, prefix: string): readonly string[] => {
  const own = [...ownAnnotations(ingress, prefix)]
    .filter(([name, text]) => isProtective(name, text) && !concernsStreams(name))
    .map(([name]) => name);
  return [...new Set([...own, ...globalProtections(settings)])].toSorted();
};

/** Why the TLS of a host is not passed on; completes "expected …". */
const refusal = (site: OpenSite, { options, members }: PassthroughContext): string | undefined => {
  if (!options.ports.passthrough) return 'the flag --enable-ssl-passthrough';
  if (!servesStreams(options.capabilities)) return 'an NGINX with the module stream';
  if (site.host === '' || site.host.startsWith('*.')) return 'a host that is a whole name';
  const root = rootOf(site);
  const owner = members.find(({ ingress }) => ingress.ref === root?.origin);
  if (owner === undefined) return 'a Service for the path / of the host';
  if (members[0]?.ingress.namespace !== owner.ingress.namespace)
    return 'a host that no older Ingress of another namespace has';
  if (!asks(owner)) return 'the Ingress with the path / of the host to ask for it';
  const protections = protectionsOf(owner, options.annotationsPrefix);
  return protections.length === 0
    ? undefined
    : `no protection that needs NGINX to read requests: ${protections.join(', ')}`;
};

/** The Service speaks TLS, so plain HTTP is sent to it over TLS too. */
const overTls = (route: Route<RouteSettings>, root: Route<RouteSettings>): Route<RouteSettings> => {
  const isSame =
    route.target.kind === 'backend' &&
    root.target.kind === 'backend' &&
    route.target.backend.id === root.target.backend.id;
  return isSame && route.protocol === 'HTTP' ? { ...route, protocol: 'HTTPS' } : route;
};

/** Decides whether the TLS connections of a host go to the Service of its `/`; otherwise NGINX ends them, with all rules. */
export const passThrough = (site: OpenSite, context: PassthroughContext): PassedSite => {
  const { options, backends, members } = context;
  const askers = members.filter(asks);
  if (askers.length === 0) return { site, problems: [] };
  const expected = refusal(site, context);
  const root = rootOf(site);
  if (expected === undefined && root?.origin !== undefined && root.target.kind === 'backend') {
    const { service, port } = root.target.backend;
    const { namespace, name } = refParts(service);
    const asker = { namespace, settings: root.settings.values, stream: 'TCP' } as const;
    const backend = backends.resolveStream(asker, name, port);
    if (backend.ok) {
      const routes = site.routes.map((route) => overTls(route, root));
      return { site: { ...site, routes, passthrough: { backend: backend.value, origin: root.origin } }, problems: [] };
    }
  }
  const field = ['metadata', 'annotations', `${options.annotationsPrefix}/ssl-passthrough`];
  const problems = askers.map(({ ingress }): Problem => ({
    code: 'PassthroughRefused',
    subject: ingress.ref,
    field,
    expected: expected ?? 'a TCP port of the Service',
    received: site.host,
    consequence: 'NGINX ends the TLS of the host',
  }));
  return { site, problems };
};
