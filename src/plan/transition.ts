import type { Backend, RoutingModel, Site, StreamService } from '../model/routing-model.ts';
import type { NginxConfig, UpstreamBlock } from '../nginx/tree.ts';
import type { Generation } from '../protocol/generation.ts';
import { uniqueBy } from '../values/unique-by.ts';
import { wildcardOf } from './hosts.ts';
import type { Renderer } from './options.ts';
import { generationOf, type Plan } from './plan.ts';

const backendsOf = (site: Site<unknown>): readonly Backend[] => [
  ...(site.passthrough === undefined ? [] : [site.passthrough.backend]),
  ...site.routes.flatMap(({ target, alternative, errors, callees = {} }) => [
    ...(target.kind === 'backend' ? [target.backend] : []),
    ...(alternative === undefined ? [] : [alternative.backend]),
    ...(errors?.backend === undefined ? [] : [errors.backend]),
    ...Object.values(callees).map(({ backend }) => backend),
  ]),
];

const portOf = ({ transport, port }: StreamService): string => `${transport} ${port}`;

/** Backends of `next` on hosts and ports that some backend answers now. */
const forLiveTraffic = (live: Plan['model'], next: Plan['model']): ReadonlySet<string> => {
  const served = new Set(live.sites.filter((site) => backendsOf(site).length > 0).map((site) => site.host));
  const isLive = ({ host }: Site<unknown>): boolean => [host, wildcardOf(host), ''].some((one) => served.has(one));
  const open = new Set(live.streams.map(portOf));
  const backends = [
    ...next.sites.filter(isLive).flatMap(backendsOf),
    ...next.streams.filter((service) => open.has(portOf(service))).map(({ backend }) => backend),
  ];
  return new Set(backends.map(({ id }) => id));
};

/** What NGINX knows in one context. */
interface Known {
  readonly upstreams: readonly UpstreamBlock[];
}

/** The context with those wanted upstreams of `next` that it lacks; `undefined` where it lacks none. */
const withNew = <Context extends Known>(
  live: Context,
  next: Known | undefined,
  wanted: ReadonlySet<string>,
): Context | undefined => {
  const known = new Set(live.upstreams.map(({ id }) => id.text));
  const added = (next?.upstreams ?? []).filter(({ id }) => wanted.has(id.text) && !known.has(id.text));
  const zone = added.find((one) => one.zone !== undefined)?.zone;
  if (zone === undefined) return undefined;
  return {
    ...live,
    upstreams: [...live.upstreams, ...added].map((one) => (one.zone === undefined ? one : { ...one, zone })),
  };
};

/**
 * A generation that serves like the live one but already knows the upstreams that the next one moves traffic to.
 * An upstream starts without peers and answers 502 until its name was resolved. Traffic that is live must not meet that:
 * the new upstreams are loaded unused first. `undefined` where no live traffic moves to an unknown upstream.
 */
export const transition = (live: Plan, next: Plan, render: Renderer): Generation | undefined => {
  const wanted = forLiveTraffic(live.model, next.model);
  const http = withNew(live.config.http, next.config.http, wanted);
  const stream = live.config.stream === undefined ? undefined : withNew(live.config.stream, next.config.stream, wanted);
  if (http === undefined && stream === undefined) return undefined;
  const config: NginxConfig = {
    ...live.config,
    ...(http === undefined ? {} : { http }),
    ...(stream === undefined ? {} : { stream }),
  };
  return generationOf(render(config));
};

/** Backends of several models, each once. */
export const allBackends = (models: readonly Pick<RoutingModel<unknown>, 'backends'>[]): readonly Backend[] =>
  uniqueBy(
    models.flatMap((model) => model.backends),
    ({ id }) => id,
  );
