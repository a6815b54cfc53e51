import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { manifestSetOf } from './manifest-set.ts';
import { readManifestFile } from './read-manifest-file.ts';

/** Reads the versions of one file one after the other; true where each problem has a place and fits on one line. */
const isSound = (...versions: readonly string[]): boolean =>
  [...versions.keys()].every((index) => {
    const files = versions
      .slice(0, index + 1)
      .reduce((file, text) => readManifestFile('a.yaml', text, file), readManifestFile('a.yaml', ''));
    const { state, locate } = manifestSetOf([files]);
    return state.problems.every((problem) => {
      const place = locate(problem.subject, problem.field);
      return place !== undefined && place.line >= 1 && !formatProblem(problem).includes('\n');
    });
  });

const deepJson = (depth: number): string =>
  `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "Bad"}, "data": ${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('a hostile file', () => {
  const line = fc.constantFrom(
    '---',
    '...',
    '%YAML 1.1',
    'apiVersion: v1',
    'kind: ConfigMap',
    'kind: List',
    'items:',
    '- &a',
    '  <<: *a',
    'metadata: &b',
    '  name: x',
    '  name: *b',
    '  annotations: {a: [',
    'data: |',
    '? [x]',
    '"',
    '{',
    '\ud800',
    '\0',
    '\t- x',
    '# c',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(line, { maxLength: 25 }).map((lines) => lines.join('\n')),
  );

  it('is read with problems that have a place, whatever stood in it before', () => {
    const property = fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (versions) => isSound(...versions));
    expect(fc.check(property, { numRuns: 500 })).toMatchObject({ failed: false });
  });

  it.each([
    ['JSON that is nested deeper than YAML can be', deepJson(10_000)],
    [
      'a list that holds itself',
      'apiVersion: v1\nkind: List\nitems: &a [*a, {apiVersion: v1, kind: Secret, metadata: *a}]',
    ],
    ['thousands of mistakes', '- x\n---\n'.repeat(2000)],
    ['a line of a million characters', `apiVersion: v1\nkind: ${'x'.repeat(1_000_000)}\nmetadata: 5`],
  ])('may hold %s', (_, content) => {
    expect(isSound(content)).toBe(true);
  });
});
