import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { Fault } from '../problems/fault.ts';
import { objectRef } from '../values/object-ref.ts';
import { readManifests } from './read-manifests.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-manifests-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (path: string, content: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;

const read = async (...paths: readonly string[]) => {
  const { state, locate } = await readManifests(
    paths.length === 0 ? [folder] : paths.map((path) => join(folder, path)),
  );
  return {
    names: [...state.namespaces.values()].map(({ name }) => name),
    problems: state.problems.map(formatProblem),
    state,
    locate,
  };
};

describe('readManifests', () => {
  it('reads YAML and JSON of a folder and of those below it, in the order of their paths', async () => {
    await write('b.yml', namespace('b'));
    await write('a/z.yaml', namespace('z'));
    await write('c.json', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'c' } }));
    await write('notes.txt', namespace('text'));
    await write('.hidden.yaml', namespace('hidden'));
    await write('.git/x.yaml', namespace('git'));
    expect(await read()).toMatchObject({ names: ['z', 'b', 'c'], problems: [] });
  });

  it('reads the files and folders that are named, each once, whatever their extension', async () => {
    await write('one/a.yaml', namespace('a'));
    await write('one/b.yaml', namespace('b'));
    await write('two.txt', namespace('two'));
    expect(await read('two.txt', 'one', 'one/b.yaml')).toMatchObject({ names: ['a', 'b', 'two'], problems: [] });
  });

  it('reads lists, typed or not, and finds their fields', async () => {
    const item = { metadata: { name: 'a' } };
    await write('list.json', JSON.stringify({ apiVersion: 'v1', kind: 'NamespaceList', items: [item] }, undefined, 1));
    await write(
      'list.yaml',
      `apiVersion: v1\nkind: List\nitems:\n- ${namespace('b').trimEnd().replaceAll('\n', '\n  ')}\n- 5\n`,
    );
    const { names, problems, locate } = await read();
    expect(names).toEqual(['a', 'b']);
    expect(problems).toEqual([
      `File ${join(folder, 'list.yaml')}:7: expected a Kubernetes object; the object is ignored`,
    ]);
    expect(locate(objectRef('Namespace', '', 'a'), ['metadata', 'name'])).toEqual({
      file: join(folder, 'list.json'),
      line: 7,
    });
    expect(locate(objectRef('Namespace', '', 'b'), [])).toEqual({ file: join(folder, 'list.yaml'), line: 4 });
  });

  it('finds the slices of legacy Endpoints, the objects it refused, and the mistakes of files', async () => {
    await write(
      'a.yaml',
      '# note\napiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: 10.0.0.1}]}]\n---\nkind: [',
    );
    await write('b.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations: 5\n');
    const { state, locate } = await read();
    const places = state.problems.map(({ subject, field }) => locate(subject, field));
    expect(locate(objectRef('EndpointSlice', 'default', 'web-endpoints-0'), ['endpoints'])).toEqual({
      file: join(folder, 'a.yaml'),
      line: 2,
    });
    expect(places).toEqual([
      { file: join(folder, 'a.yaml'), line: 7 },
      { file: join(folder, 'b.yaml'), line: 5 },
    ]);
    expect(locate(objectRef('Namespace', '', 'nowhere'), [])).toBeUndefined();
  });

  it('follows links, but in no circle', async () => {
    await write('..data-1/a.yaml', namespace('a'));
    await write('elsewhere/b.yaml', namespace('b'));
    await mkdir(join(folder, 'mount/deep'), { recursive: true });
    await symlink('../..data-1/a.yaml', join(folder, 'mount/a.yaml'));
    await symlink('../elsewhere', join(folder, 'mount/linked'));
    await symlink('..', join(folder, 'mount/deep/circle'));
    await symlink('nowhere', join(folder, 'mount/dangling.yaml'));
    expect(await read('mount')).toMatchObject({ names: ['a', 'b'], problems: [] });
  });

  it('tells of what it cannot look at, and reads the rest', async () => {
    await write('a.yaml', namespace('a'));
    await symlink('loop', join(folder, 'loop'));
    await symlink('a.yaml/b', join(folder, 'through-a-file'));
    await symlink('x'.repeat(4000), join(folder, 'long'));
    await symlink('/dev/zero', join(folder, 'zero.yaml'));
    const { names, problems } = await read('.');
    expect(names).toEqual(['a']);
    expect(problems.map((text) => text.replaceAll(folder, ''))).toEqual([
      expect.stringContaining('/long: expected a readable file; '),
      expect.stringContaining('/loop: expected a readable file; '),
      expect.stringContaining('/through-a-file: expected a readable file; '),
      expect.stringContaining('/zero.yaml: expected a regular file; '),
    ]);
  });

  it('throws a Fault where a path is missing', async () => {
    await expect(read('missing')).rejects.toThrow(Fault);
    await expect(read('missing')).rejects.toMatchObject({
      code: 'manifests',
      message: expect.stringContaining('missing') as string,
    });
  });
});
