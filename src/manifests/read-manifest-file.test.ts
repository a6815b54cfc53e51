import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { manifestSetOf } from './manifest-set.ts';
import type { ManifestFile } from './manifest-file.ts';
import { readManifestFile, unreadableFile } from './read-manifest-file.ts';

const configMap = (name: string, value = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`;
const file = (...documents: readonly string[]): string => documents.join('---\n');

const read = (text: string, previous?: ManifestFile): ManifestFile => readManifestFile('a.yaml', text, previous);

/** `name=value` of each ConfigMap, and the problems. */
const said = (...files: readonly ManifestFile[]) => {
  const { state } = manifestSetOf(files);
  const objects = [...state.configMaps.values()].map(({ name, data }) => `${name}=${data['value']}`);
  return { objects: objects.toSorted(compareText), problems: state.problems.map(formatProblem) };
};

/** What counts after the last of several versions of one file. */
const afterVersions = (...versions: readonly string[]) => {
  const [last] = versions.slice(-1);
  const files = versions.reduce<ManifestFile | undefined>((previous, text) => read(text, previous), undefined);
  if (files === undefined || last === undefined) throw new Error('no version');
  return said(files);
};

describe('a file with mistakes, read for the first time', () => {
  it('gives the objects of its other documents', () => {
    expect(said(read(file(configMap('a'), 'kind: [\n', configMap('b'))))).toEqual({
      objects: ['a=1', 'b=1'],
      problems: [
        expect.stringMatching(/^File a\.yaml:9: expected valid YAML \(Flow sequence .*\); the document is ignored$/),
      ],
    });
  });

  it('names the line of an object without a usable name', () => {
    expect(said(read(file(configMap('a'), '# note\n', configMap('Bad'))))).toEqual({
      objects: ['a=1'],
      problems: [
        'File a.yaml:10 metadata.name: expected a DNS-1123 name (lower-case letters, digits, "-"), got "Bad"; the object is ignored',
      ],
    });
  });
});

describe('a new version of a file', () => {
  const [a, b, c] = [configMap('a'), configMap('b'), configMap('c')];
  const broken = 'kind: [\n';

  it.each([
    { name: 'removes what it no longer holds', versions: [file(a, b), a], objects: ['a=1'] },
    { name: 'changes what it holds', versions: [file(a, b), file(configMap('a', '2'), b)], objects: ['a=2', 'b=1'] },
    { name: 'keeps an object whose document broke', versions: [file(a, b), file(a, broken)], objects: ['a=1', 'b=1'] },
    {
      name: 'keeps all objects of a document that was cut off',
      versions: [file(a, b), file(a, b).slice(0, -2)],
      objects: ['a=1', 'b=1'],
    },
    {
      name: 'takes changes beside a mistake',
      versions: [file(a, b), file(configMap('a', '2'), broken)],
      objects: ['a=2', 'b=1'],
    },
    {
      name: 'removes beside a mistake that was there before',
      versions: [file(a, b, broken), file(a, broken)],
      objects: ['a=1'],
    },
    {
      name: 'keeps what an old mistake hides while the rest changes',
      versions: [file(a, b), file(a, broken), file(c, broken)],
      objects: ['b=1', 'c=1'],
    },
    {
      name: 'keeps objects through several mistakes',
      versions: [file(a, b), broken, `${broken} `, `${broken}  `],
      objects: ['a=1', 'b=1'],
    },
    {
      name: 'forgets what it kept when the mistake is corrected',
      versions: [file(a, b), file(a, broken), a],
      objects: ['a=1'],
    },
    {
      name: 'keeps an object that is refused',
      versions: [a, a.replace('metadata:', 'metadata:\n  annotations: [x]')],
      objects: ['a=1'],
    },
    {
      name: 'keeps everything when the file is empty, as half-written ones are',
      versions: [file(a, b), ''],
      objects: ['a=1', 'b=1'],
    },
    { name: 'keeps everything when the file stays empty', versions: [file(a, b), '', ''], objects: ['a=1', 'b=1'] },
    { name: 'removes everything when only a comment is left', versions: [file(a, b), '# nothing here\n'], objects: [] },
    { name: 'replaces what was kept', versions: [a, '', configMap('a', '2')], objects: ['a=2'] },
  ])('$name', ({ versions, objects }) => {
    expect(afterVersions(...versions).objects).toEqual(objects);
  });

  it('says where the last good version is used', () => {
    expect(afterVersions(a, a.replace('metadata:', 'metadata:\n  annotations: [x]')).problems).toEqual([
      'ConfigMap default/a metadata.annotations: expected a map, got "a list"; the last good version is used',
    ]);
    expect(afterVersions(a, '').problems).toEqual([
      'File a.yaml: expected at least one document, or no file; the last good version is used',
    ]);
  });

  it('does not parse documents again that did not change', () => {
    const first = read(file(a, b));
    const second = read(file(`# note\n${a}`, b), first);
    expect(second.documents.get(`---\n${b}`)).toBe(first.documents.get(`---\n${b}`));
    expect(second.entries[1]?.lineOf(['metadata', 'name'])).toBe(12);
  });
});

describe('a file that cannot be read', () => {
  const good = read(configMap('a'));
  const unreadable = unreadableFile('a.yaml', 'a readable file', good);

  it('keeps what it held, and says so once', () => {
    expect(said(unreadable)).toEqual({
      objects: ['a=1'],
      problems: ['File a.yaml: expected a readable file; the last good version is used'],
    });
    expect(unreadableFile('a.yaml', 'a readable file', unreadable)).toBe(unreadable);
  });

  it('gives way to a definition of the same object elsewhere', () => {
    const elsewhere = readManifestFile('b.yaml', configMap('a', '2'));
    expect(said(unreadable, elsewhere).objects).toEqual(['a=2']);
  });
});

describe('several files', () => {
  it('count in their order: the second definition of an object is reported', () => {
    const second = readManifestFile('b.yaml', file('# note\n', configMap('b'), configMap('a', '2')));
    expect(said(read(configMap('a')), second)).toEqual({
      objects: ['a=1', 'b=1'],
      problems: ['ConfigMap default/a: expected no definition beside a.yaml:1, got "b.yaml:10"; the first one is used'],
    });
  });

  it('show no control character of a path', () => {
    const odd = readManifestFile('a\u001b[2J\n.yaml', 'kind: [');
    expect(said(odd).problems.join()).toMatch(/^File a\?\[2J\?\.yaml:1: /);
  });
});
