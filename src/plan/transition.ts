import type { Backend, RoutingModel } from '../model/routing-model.ts';
import type { LocationBlock, NginxConfig, UpstreamBlock } from '../nginx/tree.ts';
import type { Generation } from '../protocol/generation.ts';
import type { Renderer } from './options.ts';
import { generationOf, type Plan } from './plan.ts';

/** A generation that serves like the live one but already knows upstreams that the next one moves traffic to. */
export interface Transition {
  readonly generation: Generation;
  /** Backends that need answers while it runs. */
  readonly backends: readonly Backend[];
}

const passTarget = (location: LocationBlock): string | undefined =>
  location.statements
    .flatMap((one) => ('directive' in one && one.directive.name.text.endsWith('_pass') ? one.directive.args : []))
    .map((arg) => arg.text.replace(/^[a-z]+:\/\//, ''))[0];

/** Where each location leads, by server and location line. */
const targets = (config: NginxConfig): ReadonlyMap<string, string> => {
  const found = config.http.servers.flatMap((server) => {
    const host = server.names.map((name) => name.text).join(' ');
    return server.locations.flatMap((location): (readonly [string, string])[] => {
      const target = passTarget(location);
      return target === undefined ? [] : [[`${host} ${location.modifier?.text ?? ''} ${location.path.text}`, target]];
    });
  });
  return new Map(found);
};

/** Upstreams of `next` that NGINX does not know and that take over traffic of a location that is live. */
const newForLiveTraffic = (live: NginxConfig, next: NginxConfig): readonly UpstreamBlock[] => {
  const known = new Set(live.http.upstreams.map((one) => one.id.text));
  const before = targets(live);
  const moved = new Set(
    [...targets(next)].filter(([key, target]) => before.has(key) && !known.has(target)).map(([, target]) => target),
  );
  return next.http.upstreams.filter((one) => moved.has(one.id.text));
};

/**
 * An upstream starts without peers and answers 502 until its name was resolved. Traffic that is live must not meet that:
 * the new upstreams are loaded unused first. `undefined` where no live traffic moves to an unknown upstream.
 */
export const transition = (live: Plan, next: Plan, render: Renderer): Transition | undefined => {
  const added = newForLiveTraffic(live.config, next.config);
  const zone = next.config.http.upstreams[0]?.zone;
  if (added.length === 0 || zone === undefined) return undefined;
  const { http } = live.config;
  const upstreams = [...http.upstreams, ...added].map((one) => ({ ...one, zone }));
  const config: NginxConfig = { ...live.config, http: { ...http, upstreams } };
  return { generation: generationOf(render(config)), backends: allBackends([live.model, next.model]) };
};

/** Backends of several models, each once. */
export const allBackends = (models: readonly Pick<RoutingModel<unknown>, 'backends'>[]): readonly Backend[] => [
  ...new Map(models.flatMap((model) => model.backends).map((backend) => [backend.id, backend])).values(),
];
