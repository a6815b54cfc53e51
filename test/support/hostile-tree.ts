import { directiveCatalogue } from '../../src/nginx/catalogue.ts';
import { parseConfig, type ConfigNode } from '../../src/nginx/lexer.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { sampleConfig } from '../../src/render/sample.ts';
import { builtInFolder, createRenderer, readTemplates } from '../../src/render/templates.ts';

/** The configuration of a plan. */
export const configText = (planned: Plan): string => planned.generation.files[0]?.text ?? '';

const read = new WeakMap<Plan, readonly ConfigNode[]>();

/** The directives of a plan's configuration, read once: several laws look at them. */
export const directivesOfPlan = (planned: Plan): readonly ConfigNode[] => {
  const nodes = read.get(planned) ?? directivesOf(configText(planned));
  read.set(planned, nodes);
  return nodes;
};

/** The directives of a configuration; throws where NGINX could not read it. */
export const directivesOf = (text: string): readonly ConfigNode[] => {
  const parsed = parseConfig(text);
  if (parsed.ok) return parsed.value;
  const { line, expected } = parsed.error;
  throw new Error(`line ${line}: expected ${expected}: ${text.split('\n')[line - 1]}`);
};

/** The directives within `http`. */
export const httpOf = (nodes: readonly ConfigNode[]): readonly ConfigNode[] =>
  nodes.find((node) => node.name === 'http')?.children ?? [];

const ENTRY_BLOCKS = new Set(['map', 'geo', 'split_clients']);

/** All blocks with entries: maps and their like. */
export const mapsOf = (nodes: readonly ConfigNode[]): readonly ConfigNode[] =>
  httpOf(nodes).filter((node) => ENTRY_BLOCKS.has(node.name));

/** All directives at any depth, without the entries of maps and their like. */
export const everyDirective = (nodes: readonly ConfigNode[]): readonly ConfigNode[] =>
  nodes.flatMap((node) => [node, ...(ENTRY_BLOCKS.has(node.name) ? [] : everyDirective(node.children ?? []))]);

const sampleText = (): string => {
  const [file] = createRenderer(readTemplates(builtInFolder))(sampleConfig());
  // Its line of a snippet is a mere word.
  return (file?.text ?? '').replaceAll(/^ *sample$/gm, '');
};

/** Names of directives that templates or the catalogue have. */
export const vocabulary: ReadonlySet<string> = new Set([
  ...Object.keys(directiveCatalogue),
  ...everyDirective(directivesOf(sampleText())).map((node) => node.name),
]);

/** Names and numbers of arguments of a body's directives; repetitions are one. */
export const shapeOf = (nodes: readonly ConfigNode[]): string => {
  const parts = nodes.map(({ name, args, children }) => {
    const body = children === undefined ? '' : ` {${shapeOf(children)}}`;
    return `${name}/${args.length}${body}`;
  });
  return parts.filter((part, index) => part !== parts[index - 1]).join(' ');
};

/** Shapes that a server consists of: itself without its locations, and each of its locations. */
export const serverShapes = (server: ConfigNode): readonly string[] => {
  const body = server.children ?? [];
  const locations = body.filter((node) => node.name === 'location');
  return [
    `server {${shapeOf(body.filter((node) => node.name !== 'location'))}}`,
    ...locations.map((node) => `location/${node.args.length} {${shapeOf(node.children ?? [])}}`),
  ];
};

/** What stands below a comment of its own is a block, or the line of a zone. */
const endsBlock = (line: string): boolean => line === '    }' || /^ {4}limit_(req|conn)_zone /.test(line);

/** Lines of the configuration's blocks under a comment that names this namespace, in order, without the size of the shared zone. */
export const blocksOf = (text: string, namespace: string): readonly string[] => {
  const blocks: string[] = [];
  const lines = text.replaceAll(/(zone pt_endpoints) \d+m;/g, '$1;').split('\n');
  const comment = new RegExp(`^ {4}# from (Ingress|Service)/${namespace}/`);
  for (const [index, line] of lines.entries()) {
    if (!comment.test(line)) continue;
    const block = lines.slice(index);
    blocks.push(block.slice(0, block.findIndex(endsBlock) + 1).join('\n'));
  }
  return blocks;
};

/** The configuration without servers and upstreams, sizes that follow from their number, and the cache that some want. */
export const commonText = (text: string): string => {
  const kept: string[] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    if (/^ {4}(# from |server )/.test(line)) inside = true;
    if (
      !inside &&
      line !== '' &&
      !/_hash_(bucket|max)_size|^ {4}proxy_cache_path |^ {8}"\\\\[a-z0-9*.-]+" \/.*# from /.test(line)
    )
      kept.push(line);
    if (endsBlock(line)) inside = false;
  }
  return kept.join('\n');
};
