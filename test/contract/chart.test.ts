import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { agentCommand } from '../../src/cli/agent.ts';
import { controllerCommand } from '../../src/cli/controller.ts';

const CHART = new URL('../../charts/portico/', import.meta.url);
const GOLDEN = new URL('../golden/chart/', import.meta.url);

interface IgnoredValues {
  readonly values: readonly { readonly reason: string; readonly defaults: Readonly<Record<string, unknown>> }[];
  readonly refused: Readonly<Record<string, string>>;
}

const read = (path: string, base: URL = CHART): string => readFileSync(new URL(path, base), 'utf8');
const values: unknown = parse(read('values.yaml'));
const used: readonly string[] = parse(read('used-values.yaml'));
const ignored: IgnoredValues = parse(read('ignored-values.yaml'));
const ignoredPaths = ignored.values.flatMap(({ defaults }) => Object.keys(defaults));
const upstream = (file: string): Record<string, readonly string[]> =>
  JSON.parse(read(`upstream/${file}.json`, new URL(import.meta.url)));

const isBelow = (path: string, names: readonly string[]): boolean =>
  names.some((name) => path === name || path.startsWith(`${name}.`));

const leavesOf = (value: unknown, path: string): readonly string[] => {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0 || used.includes(path)) return [path];
  return entries.flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
};

const templates = readdirSync(new URL('templates/', CHART))
  .map((file) => read(`templates/${file}`))
  .join('\n');

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly name: string }[];
}

interface Rendered {
  readonly kind: string;
  readonly rules?: readonly Readonly<Record<'apiGroups' | 'resources' | 'verbs', readonly string[]>>[];
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

const golden = (name: string): readonly Rendered[] =>
  parseAllDocuments(read(`${name}/expected.yaml`, GOLDEN)).map((document): Rendered => document.toJS());
const cases = readdirSync(GOLDEN);
const containersNamed = (name: string): readonly Container[] =>
  cases
    .flatMap(golden)
    .flatMap(({ spec }) => spec?.template?.spec.containers ?? [])
    .filter((container) => container.name === name);

describe('the values of the chart', () => {
  test('take every value of the chart ingress-nginx: used, ignored with a reason, or refused', () => {
    const known = (path: string): boolean =>
      isBelow(path, used) || ignoredPaths.includes(path) || path in ignored.refused;
    expect(upstream('helm-values')['values']?.filter((path) => !known(path))).toEqual([]);
  });

  test('are each used or ignored, never both', () => {
    expect(ignoredPaths.filter((path) => isBelow(path, used))).toEqual([]);
  });

  test('are ignored with the names that ingress-nginx has', () => {
    expect(ignoredPaths.filter((path) => upstream('helm-values')['values']?.includes(path) !== true)).toEqual([]);
  });

  test('of values.yaml all count as used', () => {
    expect(leavesOf(values, '').filter((path) => !isBelow(path, used))).toEqual([]);
  });

  test('that count as used stand in a template', () => {
    // Fields of these are printed with the map, or named by a loop.
    const own = used.filter((path) => !/Probe\.|[pP]orts\.|\.enableHttps?$/.test(path));
    const isNamed = (path: string): boolean => new RegExp(`[."]${path.split('.').at(-1)}\\b`).test(templates);
    expect(own.filter((path) => !isNamed(path))).toEqual([]);
  });
});

const optionsOf = (command: (finish: (code: number) => void) => Command): readonly string[] =>
  command(() => {}).options.map((option) => option.long?.slice(2) ?? '');

describe('the flags', () => {
  test.each([
    { container: 'controller', command: controllerCommand },
    { container: 'nginx', command: agentCommand },
  ])('that the chart gives to $container exist', ({ container, command }) => {
    const flags = containersNamed(container).flatMap(({ args }) => args.map((arg) => arg.slice(2).split('=')[0] ?? ''));
    expect(flags.length).toBeGreaterThan(cases.length);
    expect([...new Set(flags)].filter((flag) => !optionsOf(command).includes(flag))).toEqual([]);
  });
});

/** `group/resource verbs` for each resource of a row of the table in ARCHITECTURE.md. */
const rightsOfRow = (row: string): readonly string[] => {
  const [, resources = '', verbs = ''] = row.split('|').map((cell) => cell.trim());
  return resources.split(';').flatMap((part) => {
    const [, group = '', names = ''] = /^(?:`([^`]+)`)?\s*(.*)$/.exec(part.trim()) ?? [];
    return names
      .replace(' (core)', '')
      .split(', ')
      .map((name) => `${group}/${name} ${verbs}`);
  });
};

test('the rights are those of ARCHITECTURE.md', () => {
  const section = read('../../ARCHITECTURE.md').split('## Rights in a cluster')[1]?.split('\n## ')[0] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  const rules = ['defaults', 'namespace-selector'].flatMap(golden).flatMap((object) => object.rules ?? []);
  const rights = rules.flatMap(({ apiGroups, resources, verbs }) =>
    resources.map((resource) => `${apiGroups[0]}/${resource} ${verbs.join(', ')}`),
  );
  expect([...new Set(rights)].toSorted()).toEqual(rows.flatMap(rightsOfRow).toSorted());
});

test('the token is mounted into the control plane and nowhere else', () => {
  const hasToken = ({ volumeMounts }: Container): boolean => volumeMounts.some(({ name }) => name === 'token');
  expect(containersNamed('controller').every(hasToken)).toBe(true);
  expect(containersNamed('nginx').some(hasToken)).toBe(false);
});

test('the chart installs the version that this checkout is', () => {
  expect(parse(read('Chart.yaml'))).toMatchObject({ version: packageJson.version, appVersion: packageJson.version });
});
