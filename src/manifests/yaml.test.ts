import { describe, expect, it } from 'vitest';
import { createLineFinder, parseYaml } from './yaml.ts';
import { cpuMs } from '../../test/support/cpu-time.ts';

describe('parseYaml', () => {
  it.each([
    ['merges maps', 'a: &a {x: 1}\nb: {<<: *a, z: 2}', { a: { x: 1 }, b: { x: 1, z: 2 } }],
    ['reads yes and y as true, as kubectl does', 'a: yes\nb: y\nc: "on"', { a: true, b: true, c: 'on' }],
    ['reads octal numbers, as kubectl does', 'a: 010', { a: 8 }],
    ['leaves dates and times alone', 'a: 2024-01-01T00:00:00Z\nb: 1:30', { a: '2024-01-01T00:00:00Z', b: '1:30' }],
    ['turns keys into text', '8080: a', { '8080': 'a' }],
    ['reads JSON', '{"a": "\\ud83d\\ude00", "b": [1]}', { a: '😀', b: [1] }],
    ['reads JSON with the liberties of YAML', '{a: 1, # note\n "b": 2,}', { a: 1, b: 2 }],
    [
      'takes many aliases of one map',
      `a: &a {x: 1}\nb: [${Array(500).fill('*a').join(', ')}]`,
      { a: { x: 1 }, b: Array.from({ length: 500 }, () => ({ x: 1 })) },
    ],
  ])('%s', (_, text, value) => {
    expect(parseYaml(text)).toEqual({ ok: true, value });
  });

  it('keeps __proto__ a key like any other', () => {
    const parsed = parseYaml('__proto__: {polluted: yes}');
    expect(parsed.ok && Object.keys(parsed.value as object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });

  const bomb = [
    'a0: &a0 [x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`),
  ].join('\n');
  const mergeBomb = bomb.replaceAll('[x]', '{x: 1}').replaceAll(/ \[(.*)\]$/gm, ' {<<: [$1]}');
  const manyAliases = `a: &a 1\nb:\n${'- *a\n'.repeat(2000)}`;

  it.each([
    ['a key twice', 'a: 1\nb: 2\na: 3', 3, 'a key stands twice in one map'],
    ['a key that is a list', 'a:\n  ? [b]\n  : 1', 2, 'a key is not a scalar'],
    ['a tab as indentation', 'a:\n\tb: 1', 2, 'Tabs are not allowed as indentation'],
    [
      'an open bracket',
      'a: [1,\nb',
      2,
      'Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['two values on one line', 'a: b: c', 1, 'Nested mappings are not allowed in compact mappings'],
    ['an unknown alias', 'a: *x', 1, 'Unresolved alias (the anchor must be set before the alias)'],
    ['an alias bomb', bomb, 1, 'Excessive alias count indicates a resource exhaustion attack'],
    ['a bomb of merges', mergeBomb, 1, 'Excessive alias count indicates a resource exhaustion attack'],
    ['thousands of aliases', manyAliases, 1003, 'more than 1000 aliases'],
    ['brackets without end', '['.repeat(100_000), 1, 'Maximum call stack size exceeded'],
  ])('refuses %s', (...[, text, line, message]) => {
    const parsed = parseYaml(text);
    expect(parsed).toMatchObject({ ok: false, error: { line } });
    expect(parsed.ok ? '' : parsed.error.message).toContain(message);
  });

  it('quotes nothing from a text that may be a Secret', () => {
    const broken = [
      'password: |x topsecret',
      '"topsecret" topsecret: 1',
      'k: "\\topsecret\\q"',
      '} topsecret',
      '- !topsecret [',
      '@topsecret',
      '&topsecret *topsecret',
    ];
    const messages = broken
      .map((text) => parseYaml(`data: 1\n${text}`))
      .map((parsed) => (parsed.ok ? 'no mistake' : parsed.error.message));
    expect(messages.join('\n')).not.toMatch(/topsecret|no mistake/);
  });

  it('takes twenty thousand keys in its stride', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `k${i}: v`).join('\n');
    expect(cpuMs(() => expect(parseYaml(text).ok).toBe(true))).toBeLessThan(2_000);
  });
});

describe('createLineFinder', () => {
  const text = `---
# comment
metadata:
  name: web
  annotations:
    example.com/key: >
      value
spec:
  rules:
    - host: a.example
      http: {paths: [{path: /},
        {path: /x}]}
    - &rule
      host: b.example
    - *rule
`;

  it.each([
    [[], 3],
    [['metadata', 'name'], 4],
    [['metadata', 'annotations', 'example.com/key'], 6],
    [['spec', 'rules', 0, 'host'], 10],
    [['spec', 'rules', 0, 'http', 'paths', 1, 'path'], 12],
    [['spec', 'rules', 1, 'host'], 14],
    [['spec', 'rules', 2, 'host'], 14],
    [['spec', 'rules', 0, 'http', 'paths', 1, 'backend', 'service', 'name'], 12],
    [['spec', 'rules', 7, 'host'], 9],
    [['spec', 'tls', 0], 8],
    [['nowhere'], 3],
    [['metadata', 'name', 'deeper'], 4],
  ])('finds %j on line %d', (field, line) => {
    expect(createLineFinder(text)(field)).toBe(line);
  });

  it('finds fields of JSON', () => {
    expect(createLineFinder('{\n\t"metadata": {\n\t\t"name": "x"\n\t}\n}')(['metadata', 'name'])).toBe(3);
  });

  it('answers with the first line for a text that is no map', () => {
    expect(createLineFinder('')(['a'])).toBe(1);
    expect(createLineFinder('a: [')(['a', 0])).toBe(1);
  });
});
