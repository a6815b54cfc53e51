import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedDocs } from '../../scripts/docs/registry-docs.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test.each(Object.entries(generatedDocs()))('%s is what the registry says (npm run docs:update)', (path, text) => {
  expect(read(path)).toBe(text);
});

test.each([
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/adr/README.md',
  'docs/howto/migrate-from-ingress-nginx.md',
  'charts/portico/README.md',
])('%s links only to files that exist', (path) => {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  const broken = links.filter((link) => !existsSync(new URL(`../../${folder}${link}`, import.meta.url)));
  expect(broken).toEqual([]);
});

test('every npm script that a document names exists', () => {
  const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
  const named = ['README.md', 'CONTRIBUTING.md'].flatMap((path) => [...read(path).matchAll(/`npm run ([a-z:]+)/g)]);
  expect(named.length).toBeGreaterThan(5);
  expect(named.map((match) => match[1]).filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
});
