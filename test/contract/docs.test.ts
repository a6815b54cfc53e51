import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exampleOf } from '../../scripts/docs/golden-examples.ts';
import { generatedDocs } from '../../scripts/docs/registry-docs.ts';
import { aliasesOf, keysOf, registry } from '../../scripts/docs/registry-keys.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test.each(Object.entries(generatedDocs()))('%s is what the registry says (npm run docs:update)', (path, text) => {
  expect(read(path)).toBe(text);
});

test.each(['annotation', 'configmap'] as const)('every %s has a golden case that shows it', (source) => {
  const keys = registry.flatMap((family) => keysOf(family, source)).flatMap((key) => [key, ...aliasesOf(key)]);
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter((key) => exampleOf(key) === undefined).map(({ name }) => name)).toEqual([]);
});

test.each(['annotation', 'configmap'] as const)('of every %s that is not the same is said in what', (source) => {
  const others = registry
    .flatMap((family) => keysOf(family, source))
    .filter(({ spec }) => ['stricter', 'differs'].includes(spec.compat) && spec.onInvalid !== 'close');
  const saysIt = /ingress-nginx|[Ss]tock NGINX|refused|closed/;
  expect(others.filter(({ spec }) => !saysIt.test(spec.doc)).map(({ name }) => name)).toEqual([]);
});

const documents = [
  ...Object.keys(generatedDocs()).filter((path) => path.endsWith('.md')),
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/adr/README.md',
  'docs/howto/migrate-from-ingress-nginx.md',
  'docs/howto/troubleshoot.md',
  'docs/templates.md',
  'charts/portico/README.md',
];

/** The anchor that a heading gets on a page. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');

const anchorsIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? '')));

test.each(documents)('%s links only to files and headings that exist', (path) => {
  const url = new URL(`../../${path}`, import.meta.url);
  const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
  const broken = links.filter(([, file = '', anchor]) => {
    const target = file === '' ? url : new URL(file, url);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsIn(readFileSync(target, 'utf8')).has(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

test('every npm script that a document names exists', () => {
  const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
  const named = documents.flatMap((path) => [...read(path).matchAll(/npm run ([a-z:]+)/g)]);
  expect(named.length).toBeGreaterThan(5);
  expect(named.map((match) => match[1]).filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
});

test('the settings document has a row without an empty cell for every key of ingress-nginx, once', () => {
  const { keys }: { readonly keys: readonly string[] } = JSON.parse(read('test/contract/upstream/settings.json'));
  const rows = read('docs/settings.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows.filter((cells) => cells.some((cell) => cell === '' || cell === '``'))).toEqual([]);
  const names = rows.map(([name = '']) => name.replaceAll('`', ''));
  expect(keys.filter((key) => names.filter((name) => name === key).length !== 1)).toEqual([]);
});

test('the chart names every key of ingress-nginx below controller.config', () => {
  const { keys }: { readonly keys: readonly string[] } = JSON.parse(read('test/contract/upstream/settings.json'));
  const schema = JSON.parse(read('charts/portico/values.schema.json'));
  const named = Object.keys(schema.properties.controller.properties.config.properties);
  expect(keys.filter((key) => !named.includes(key))).toEqual([]);
});
