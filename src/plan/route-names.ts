import type { RouteNames } from '../annotations/define.ts';
import type { Route, RouteTarget } from '../model/routing-model.ts';
import { refParts } from '../values/object-ref.ts';
import type { RouteSettings } from './sites.ts';

const serviceNames = (target: RouteTarget): Pick<RouteNames, 'service' | 'port'> =>
  target.kind === 'backend' && target.standsIn !== true
    ? { service: refParts(target.backend.service).name, port: target.backend.port }
    : { service: '', port: '' };

/** Names of the objects behind a route. */
export const namesOf = ({ origin, target }: Route<RouteSettings>): RouteNames => {
  const ingress = origin === undefined ? undefined : refParts(origin);
  return { namespace: ingress?.namespace ?? '', ingress: ingress?.name ?? '', ...serviceNames(target) };
};
