import type { Backend, RoutingModel, Site } from '../model/routing-model.ts';
import type { NginxConfig, UpstreamBlock } from '../nginx/tree.ts';
import type { Generation } from '../protocol/generation.ts';
import { wildcardOf } from './hosts.ts';
import type { Renderer } from './options.ts';
import { generationOf, type Plan } from './plan.ts';

const backendsOf = (site: Site<unknown>): readonly Backend[] =>
  site.routes.flatMap(({ target, alternative, errors, callees = {} }) => [
    ...(target.kind === 'backend' ? [target.backend] : []),
    ...(alternative === undefined ? [] : [alternative.backend]),
    ...(errors?.backend === undefined ? [] : [errors.backend]),
    ...Object.values(callees).map(({ backend }) => backend),
  ]);

/** Upstreams of `next` that NGINX does not know, on hosts whose requests some backend answers now. */
const newForLiveTraffic = (live: Plan, next: Plan): readonly UpstreamBlock[] => {
  const served = new Set(live.model.sites.filter((site) => backendsOf(site).length > 0).map((site) => site.host));
  const isLive = ({ host }: Site<unknown>): boolean => [host, wildcardOf(host), ''].some((one) => served.has(one));
  const known = new Set(live.config.http.upstreams.map((upstream) => upstream.id.text));
  const wanted = new Set(next.model.sites.filter(isLive).flatMap((site) => backendsOf(site).map((one) => one.id)));
  return next.config.http.upstreams.filter(({ id }) => wanted.has(id.text) && !known.has(id.text));
};

/**
 * A generation that serves like the live one but already knows the upstreams that the next one moves traffic to.
 * An upstream starts without peers and answers 502 until its name was resolved. Traffic that is live must not meet that:
 * the new upstreams are loaded unused first. `undefined` where no live traffic moves to an unknown upstream.
 */
export const transition = (live: Plan, next: Plan, render: Renderer): Generation | undefined => {
  const added = newForLiveTraffic(live, next);
  const zone = added.find((one) => one.zone !== undefined)?.zone;
  if (zone === undefined) return undefined;
  const { http } = live.config;
  const upstreams = [...http.upstreams, ...added].map((one) => (one.zone === undefined ? one : { ...one, zone }));
  const config: NginxConfig = { ...live.config, http: { ...http, upstreams } };
  return generationOf(render(config));
};

/** Backends of several models, each once. */
export const allBackends = (models: readonly Pick<RoutingModel<unknown>, 'backends'>[]): readonly Backend[] => [
  ...new Map(models.flatMap((model) => model.backends).map((backend) => [backend.id, backend])).values(),
];
