import { encode } from '../nginx/argument.ts';
import type { Installation, NginxConfig, ServerBlock } from '../nginx/tree.ts';
import type { NameAnswer } from '../protocol/messages.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Backend, RoutingModel } from '../model/routing-model.ts';
import type { NginxModule } from '../values/nginx-module.ts';
import { isFoundByName } from './backend-modules.ts';
import type { BuiltModel } from './build-model.ts';
import { certificateMaps, compileGlobals, hashDirectives } from './compile-http.ts';
import { compileMain } from './compile-main.ts';
import { compileUpstreams } from './compile-upstreams.ts';
import { compileStream } from './compile-stream.ts';
import { compileServers, type ServerContext } from './compile-server.ts';
import { endpoints } from './endpoints.ts';
import type { PlanOptions } from './options.ts';
import { compileElsewhere } from './server-listens.ts';
import { SharedBlocks } from './shared-blocks.ts';

const installation = (
  options: PlanOptions,
  found: { readonly needsIpv6: boolean; readonly cachesAuth: boolean },
): Installation => {
  const { run } = options.layout;
  const file = (path: string): Installation['pid'] => encode('file', path);
  return {
    pid: file(run.pid),
    emergLog: file(run.emergLog),
    localHttp: file(run.localHttp),
    resolver: file(found.needsIpv6 ? run.resolverIpv6 : run.resolver),
    verifySocket: encode('socket', run.verifySocket),
    notFoundSocket: encode('socket', `${run.root}/not-found.sock`),
    encoderSocket: encode('socket', `${run.root}/encoder.sock`),
    ...(found.cachesAuth ? { authCache: file(`${run.temp}/auth`) } : {}),
    temp: file(run.temp),
  };
};

const hasIpv6 = (names: Readonly<Record<string, NameAnswer>>): boolean =>
  Object.values(names).some((answer) => 'ipv6' in answer && answer.ipv6.length > 0);

/** Whether any planned Service has IPv6 slices; only then NGINX asks for IPv6 addresses. */
const plannedIpv6 = (state: ClusterState, backends: readonly Backend[]): boolean => {
  const planned = new Set(backends.map((backend) => backend.service as string));
  if (backends.some(({ clusterIp }) => clusterIp?.includes(':') === true)) return true;
  return [...state.endpointSlices.values()].some(
    (slice) => slice.addressType === 'IPv6' && planned.has(`Service/${slice.namespace}/${slice.service}`),
  );
};

/** NGINX looks for an upstream that a variable names from the first one on, so those of canaries and callees come first. */
const byVariableFirst = ({ sites, backends }: RoutingModel<unknown>): readonly Backend[] => {
  const routes = sites.flatMap((site) => site.routes);
  const callees = routes.flatMap((route) => Object.values(route.callees ?? {}));
  const found = routes.filter(({ protocol }) => isFoundByName(protocol));
  const named = new Set([
    ...found.flatMap(({ target }) => (target.kind === 'backend' ? [target.backend.id] : [])),
    ...backends.flatMap(({ id, main }) => (main === undefined ? [] : [id, main.id])),
    ...callees.map(({ backend }) => backend.id),
  ]);
  return [...backends.filter(({ id }) => named.has(id)), ...backends.filter(({ id }) => !named.has(id))];
};

const cachesAuth = ({ locations }: ServerBlock): boolean =>
  locations.some(({ statements }) =>
    statements.some((one) => 'directive' in one && one.directive.name.text === 'proxy_cache'),
  );

const modulesIn = (built: BuiltModel, stream: NginxConfig['stream']): readonly NginxModule[] =>
  stream === undefined ? built.modules : [...built.modules, 'stream_module'];

const httpUpstreams = (
  { model, upstreamSettings: settings }: ServerContext['built'],
  names: Readonly<Record<string, NameAnswer>> | undefined,
): NginxConfig['http']['upstreams'] =>
  compileUpstreams(
    byVariableFirst(model).filter(({ stream }) => stream === undefined),
    { zone: 'pt_endpoints', settings, ...(names === undefined ? {} : { names }) },
  );

/** The model as NGINX contexts and directives. */
export const compileConfig = (
  state: ClusterState,
  context: Pick<ServerContext, 'built' | 'options' | 'problems'>,
): NginxConfig => {
  const { built, options } = context;
  const { sites, backends } = built.model;
  const names = options.endpoints === 'reload' ? endpoints(state, backends) : undefined;
  const globals = compileGlobals(built, options);
  const blocks = new SharedBlocks();
  const { answerHeaders, backendHeaders, identity } = globals;
  const servers = compileServers(sites, { ...context, blocks, answerHeaders, backendHeaders, identity });
  const shared = blocks.all();
  const variables = {
    geos: [...globals.geos, ...shared.geos],
    maps: [...globals.maps, ...certificateMaps(sites, options), ...shared.maps],
    splits: [...globals.splits, ...shared.splits],
  };
  const stream = compileStream(built, options, names);
  const needsIpv6 = names === undefined ? plannedIpv6(state, backends) : hasIpv6(names);
  return {
    installation: installation(options, { needsIpv6, cachesAuth: servers.some(cachesAuth) }),
    ...compileMain(built.globals, modulesIn(built, stream), options),
    http: {
      directives: [...hashDirectives(sites, Object.values(variables).flat()), ...globals.directives],
      statements: globals.statements,
      blocks: globals.blocks,
      databases: globals.databases,
      ...variables,
      zones: shared.zones,
      upstreams: httpUpstreams(built, names),
      servers,
      ...compileElsewhere(options, built.globals),
    },
    ...(stream === undefined ? {} : { stream }),
  };
};
