import { isIdentity, type RequestHeaders } from '../annotations/client-identity.ts';
import { eachFamily } from '../annotations/each-family.ts';
import type { Site } from '../model/routing-model.ts';
import { encode, keyword } from '../nginx/argument.ts';
import type { Directive } from '../nginx/directive.ts';
import { directive, type Statement } from '../nginx/directive.ts';
import { StatementList, type DirectiveSink, type HttpDraft } from '../nginx/draft.ts';
import { expr, type Complex } from '../nginx/expression.ts';
import type { DatabaseBlock, GeoBlock, MapBlock, MapLine, NamedBlock, SplitBlock } from '../nginx/tree.ts';
import { databaseBlock, geoBlock, mapBlock, splitBlock } from '../nginx/variable-blocks.ts';
import { DEFAULT_CERTIFICATE } from '../protocol/generation.ts';
import { hideHeaders } from './backend-modules.ts';
import type { BuiltModel } from './build-model.ts';
import { globalLines, globalNames } from './global-snippets.ts';
import { hasPart, type PlanOptions } from './options.ts';
import { certificateName } from './runtime-table.ts';
import { setHeader } from './set-header.ts';
import { servesHttp3 } from './unmet-needs.ts';

/** Headers that hold everywhere, by name. */
export type CommonHeaders = ReadonlyMap<string, Complex>;

/** Headers that every answer has, and those that every backend gets. */
export interface HeadersOfAll {
  /** Those of `backendHeaders` that take from clients what they say of who they are. */
  readonly identity: RequestHeaders;
  readonly answerHeaders: CommonHeaders;
  readonly backendHeaders: CommonHeaders;
}

const addHeaders = (
  statements: StatementList,
  { answerHeaders, backendHeaders }: Omit<HeadersOfAll, 'identity'>,
): void => {
  for (const [name, value] of backendHeaders) {
    statements.add('proxy_set_header', name, value);
    statements.add('grpc_set_header', name, value);
  }
  for (const [name, value] of answerHeaders) {
    statements.add('add_header', name, value, 'always');
    hideHeaders(statements, 'proxy', [name]);
    hideHeaders(statements, 'grpc', [name]);
  }
};

const OURS = encode('comment', 'portico');

const namedBlock = (name: string, fill: (block: DirectiveSink) => void): NamedBlock => {
  const inside = new StatementList();
  fill(inside);
  return { name: keyword(name), directives: inside.directives() };
};

/** What the families have in `http` besides directives. */
interface Blocks {
  readonly maps: MapBlock[];
  readonly geos: GeoBlock[];
  readonly splits: SplitBlock[];
  readonly blocks: NamedBlock[];
  readonly databases: DatabaseBlock[];
}

const collecting = ({ maps, geos, splits, blocks, databases }: Blocks) =>
  ({
    addMap: (source, target, lines) => maps.push(mapBlock(source, target, lines)),
    addGeo: (source, target, lines) => geos.push(geoBlock(source, target, lines)),
    addSplit: (source, target, parts) => splits.push({ ...splitBlock(target, parts, source), origin: OURS }),
    addBlock: (name, fill) => blocks.push(namedBlock(name, fill)),
    addDatabase: (database) => databases.push(databaseBlock(database)),
  }) satisfies Partial<HttpDraft>;

/** What the families say about the whole installation. */
export const compileGlobals = (
  { globals, globalReferences }: Pick<BuiltModel, 'globals' | 'globalReferences'>,
  options: PlanOptions,
): HeadersOfAll & {
  readonly directives: readonly Directive[];
  readonly statements: readonly Statement[];
} & Readonly<Blocks> => {
  const statements = new StatementList();
  const blocks: Blocks = { maps: [], geos: [], splits: [], blocks: [], databases: [] };
  const answerHeaders = new Map<string, Complex>();
  const backendHeaders = new Map<string, Complex>();
  const draft: HttpDraft = {
    ports: options.ports,
    accessLog: options.accessLog,
    hasPart: hasPart(options.capabilities),
    servesHttp3: servesHttp3(options, globals),
    add: (name, ...values) => statements.add(name, ...values),
    setAnswerHeader: (name, value) => setHeader(answerHeaders, name, value),
    setBackendHeader: (name, value) => setHeader(backendHeaders, name, value),
    ...collecting(blocks),
  };
  eachFamily(globals, (family, own) => family.emitHttp?.(own, draft, { references: globalReferences }));
  addHeaders(statements, { answerHeaders, backendHeaders });
  const replaced = globalNames(globals, 'http-snippet');
  const directives = statements.directives().filter(({ name }) => !replaced.has(name.text));
  const lines = globalLines(globals, 'http-snippet');
  const identity = [...backendHeaders].filter(([name]) => isIdentity(name));
  return { directives, statements: lines, ...blocks, answerHeaders, backendHeaders, identity };
};

const powerOfTwo = (atLeast: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, atLeast)));

/** NGINX only warns when a hash does not fit, and a warning stops a publication: sizes follow from the keys. */
export const hashSizes = (keys: readonly string[]): { readonly bucket: number; readonly max: number } => {
  const longest = keys.reduce((length, key) => Math.max(length, key.length), 0);
  return { bucket: Math.max(512, powerOfTwo(longest + 32)), max: Math.max(2048, powerOfTwo(2 * keys.length)) };
};

/** Hash sizes for the names of all sites, and for the keys and names of all variables. */
export const hashDirectives = (
  sites: readonly Site<unknown>[],
  variables: readonly (MapBlock | GeoBlock | SplitBlock)[],
): readonly Directive[] => {
  const hosts = hashSizes(sites.map((site) => site.host));
  const keys = hashSizes(variables.flatMap(({ lines }) => lines.map(({ key }) => key.text)));
  const named = hashSizes(variables.map(({ target }) => target.text));
  return [
    directive('server_names_hash_bucket_size', hosts.bucket),
    directive('server_names_hash_max_size', hosts.max),
    directive('map_hash_bucket_size', keys.bucket),
    directive('map_hash_max_size', keys.max),
    directive('variables_hash_bucket_size', named.bucket),
    directive('variables_hash_max_size', named.max),
  ];
};

/** From the name that a TLS client asks for to the file of its certificate: exact names, then wildcards, then the default. */
export const certificateMaps = (sites: readonly Site<unknown>[], options: PlanOptions): readonly MapBlock[] => {
  const file = (name: string): MapLine['value'] => encode('file', `${options.layout.desired.certs}/${name}.pem`);
  const given = options.defaultSslCertificate;
  const fallback = file(given === undefined ? DEFAULT_CERTIFICATE : certificateName(given));
  const lines = sites.flatMap(({ host, certificate }): MapLine[] => {
    if (certificate.kind === 'none') return [];
    const key = encode('mapKey', host);
    if (certificate.kind === 'default')
      return [{ key, value: fallback, origin: encode('comment', 'default certificate') }];
    return [{ key, value: file(certificateName(certificate.secret)), origin: encode('comment', certificate.secret) }];
  });
  const isWildcard = (line: MapLine): boolean => line.key.text.startsWith('"\\\\*.');
  return [
    mapBlock(expr`${'ssl_server_name'}`, 'pt_wildcard_name', [
      { default: '' },
      { matches: '^[^.]+(?<pt_parent_domain>\\..+)\\z', value: expr`*${'pt_parent_domain'}` },
    ]),
    {
      source: encode('complex', expr`${'pt_wildcard_name'}`),
      target: encode('variable', 'pt_wildcard_certificate'),
      lines: [{ key: keyword('default'), value: fallback }, ...lines.filter(isWildcard)],
    },
    {
      source: encode('complex', expr`${'ssl_server_name'}`),
      target: encode('variable', 'pt_certificate'),
      lines: [
        { key: keyword('default'), value: encode('complex', expr`${'pt_wildcard_certificate'}`) },
        ...lines.filter((line) => !isWildcard(line)),
      ],
    },
  ];
};
