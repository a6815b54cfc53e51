import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Family, KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';

const registry: readonly Family[] = families;
const keys = registry.flatMap((family) =>
  Object.entries(family.keys).map(([key, spec]): readonly [string, KeySpec] => [key, spec]),
);
const ANNOTATIONS = new URL('../../src/annotations/', import.meta.url);

const filesThatDefineFamilies = (): readonly string[] =>
  readdirSync(ANNOTATIONS)
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => readFileSync(new URL(file, ANNOTATIONS), 'utf8').includes('= defineFamily('))
    .map((file) => file.replace(/\.ts$/, ''))
    .toSorted();

/** Keys of the ConfigMap that ingress-nginx does not have. */
const ownSettings: readonly string[] = ['allow-global-snippets', 'enable-http3'];

describe('the registry', () => {
  test('lists exactly the families that have a file, in alphabetical order', () => {
    expect(registry.map((family) => family.name)).toEqual(filesThatDefineFamilies());
  });

  test('has each key once', () => {
    const names = keys.flatMap(([key, spec]) => [key, ...(spec.aliases ?? [])]);
    expect(names).toEqual([...new Set(names)]);
  });

  test('names every annotation of ingress-nginx', () => {
    const upstream: { annotations: string[] } = JSON.parse(
      readFileSync(new URL('upstream/annotations.json', import.meta.url), 'utf8'),
    );
    const ours = keys.filter(([, spec]) => spec.source !== 'configmap').map(([key]) => key);
    expect(ours.toSorted()).toEqual(upstream.annotations.toSorted());
  });

  test('names every key of the ConfigMap of ingress-nginx', () => {
    const upstream: { keys: string[] } = JSON.parse(
      readFileSync(new URL('upstream/settings.json', import.meta.url), 'utf8'),
    );
    const ours = keys.filter(([, spec]) => spec.source !== 'annotation').map(([key, spec]) => spec.configMapKey ?? key);
    const all = ours.filter((key) => !ownSettings.includes(key));
    expect(all.toSorted()).toEqual(upstream.keys.toSorted());
  });

  test.each(keys)('documents %s in full sentences', (_key, spec) => {
    expect(spec.doc).toMatch(/^[A-Z0-9a-z].*\.$/);
  });

  test.each(keys)('gives examples of %s that parse', (_key, spec) => {
    expect(spec.type.examples.length).toBeGreaterThan(0);
    for (const example of spec.type.examples) expect(spec.type.parse(example).ok, example).toBe(true);
  });

  test.each(keys)('refuses control characters in %s', (_key, spec) => {
    for (const hostile of ['\n', '\r\n', '\u0000', 'a\nb', `${spec.type.examples[0]}\n}`]) {
      const parsed = spec.type.parse(hostile);
      expect(parsed.ok && JSON.stringify(parsed.value).includes('\\n'), JSON.stringify(hostile)).toBe(false);
    }
  });
});
