import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import type { ManifestSet } from './manifest-set.ts';
import { watchManifests } from './watch-manifests.ts';

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;

const said = ({ state }: ManifestSet) => ({
  names: [...state.namespaces.values()].map(({ name }) => name),
  problems: state.problems.map(formatProblem),
});

type Said = ReturnType<typeof said>;

let root: string;
let folder: string;
let stop: AbortController;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'portico-watch-'));
  folder = join(root, 'manifests');
  await mkdir(folder);
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await rm(root, { recursive: true });
});

/** Watches the folder; `until` resolves with the first set, of those given so far or later, that fits. */
const start = async (signal = stop.signal) => {
  const sets: Said[] = [];
  const waiting = new Set<() => void>();
  await watchManifests(
    folder,
    (set) => {
      sets.push(said(set));
      for (const look of waiting) look();
    },
    signal,
  );
  const until = (fits: (set: Said) => boolean): Promise<Said> =>
    new Promise((resolve) => {
      const look = (): void => {
        const [last] = sets.slice(-1);
        if (last === undefined || !fits(last)) return;
        waiting.delete(look);
        resolve(last);
      };
      waiting.add(look);
      look();
    });
  const untilNames = (...names: readonly string[]) => until((set) => set.names.join() === names.join());
  return { sets, until, untilNames };
};

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

describe('watchManifests', () => {
  it('gives the whole folder before it resolves', async () => {
    await write('a.yaml', namespace('a'));
    const { sets } = await start();
    expect(sets).toEqual([{ names: ['a'], problems: [] }]);
  });

  it('gives what is created, changed, replaced and removed', async () => {
    await write('a.yaml', namespace('a'));
    const { untilNames } = await start();
    await write('b.yaml', namespace('b'));
    await untilNames('a', 'b');
    await write('a.yaml', namespace('a2'));
    await untilNames('a2', 'b');
    await write('.a.yaml.swp', namespace('a3'));
    await rename(join(folder, '.a.yaml.swp'), join(folder, 'a.yaml'));
    await untilNames('a3', 'b');
    await rm(join(folder, 'b.yaml'));
    expect(await untilNames('a3')).toEqual({ names: ['a3'], problems: [] });
  });

  it('sees folders that are made later', async () => {
    const { untilNames } = await start();
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    await write('deep/er/a.yaml', namespace('a'));
    expect(await untilNames('a')).toEqual({ names: ['a'], problems: [] });
  });

  it('keeps the last good version while a file is broken', async () => {
    await write('a.yaml', namespace('a'));
    const { until, untilNames } = await start();
    await write('a.yaml', 'kind: [');
    expect(await until(({ problems }) => problems.length > 0)).toEqual({
      names: ['a'],
      problems: [expect.stringMatching(/a\.yaml:1: expected valid YAML .*; the last good version is used$/)],
    });
    await write('a.yaml', namespace('a2'));
    expect(await untilNames('a2')).toEqual({ names: ['a2'], problems: [] });
  });

  it('sees a ConfigMap volume change, where one link is replaced', async () => {
    const fill = async (version: string): Promise<void> => {
      await mkdir(join(folder, `..${version}`));
      await write(`..${version}/a.yaml`, namespace(version));
      await symlink(`..${version}`, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    await fill('v1');
    await symlink('..data/a.yaml', join(folder, 'a.yaml'));
    const { untilNames } = await start();
    await untilNames('v1');
    await fill('v2');
    expect(await untilNames('v2')).toEqual({ names: ['v2'], problems: [] });
  });

  it('keeps everything while the folder is gone, and goes on when it is back', async () => {
    await write('a.yaml', namespace('a'));
    const { until, untilNames } = await start();
    await rename(folder, join(root, 'away'));
    const without = await until(({ problems }) => problems.length > 0);
    expect(without).toEqual({
      names: ['a'],
      problems: [
        expect.stringMatching(
          /expected a readable folder, got .*ENOENT.*; the last good version of its objects is used$/,
        ),
      ],
    });
    await mkdir(folder);
    await write('b.yaml', namespace('b'));
    expect(await untilNames('b')).toEqual({ names: ['b'], problems: [] });
    await write('c.yaml', namespace('c'));
    await untilNames('b', 'c');
  });

  it('keeps what an inner folder held that cannot be looked at, and follows the rest', async () => {
    await mkdir(join(root, 'away'));
    await symlink('../away', join(folder, 'inner'));
    await write('inner/b.yaml', namespace('b'));
    await write('a.yaml', namespace('a'));
    const { until, untilNames } = await start();
    await untilNames('a', 'b');
    await symlink('inner', join(root, 'circle'));
    await rename(join(root, 'circle'), join(folder, 'inner'));
    await until(({ problems }) => problems.length === 2);
    await write('a.yaml', namespace('c'));
    const hidden = await untilNames('c', 'b');
    expect(hidden.problems.map((text) => text.replaceAll(folder, ''))).toEqual([
      'File /inner: expected a readable file; the document is ignored',
      'File /inner/b.yaml: expected a readable file; the last good version is used',
    ]);
    await rm(join(folder, 'inner'));
    expect(await untilNames('c')).toEqual({ names: ['c'], problems: [] });
  });

  it('is silent where nothing changes', async () => {
    await write('a.yaml', namespace('a'));
    const { sets, untilNames } = await start();
    await write('a.yaml', namespace('a'));
    await write('notes.txt', 'hello');
    await write('b.yaml', namespace('b'));
    await untilNames('a', 'b');
    expect(sets).toHaveLength(2);
  });

  it('is silent after it was stopped', async () => {
    const stopped = new AbortController();
    const { sets } = await start(stopped.signal);
    const { untilNames } = await start();
    stopped.abort();
    for (const name of ['a', 'b', 'c']) {
      await write('a.yaml', namespace(name));
      await untilNames(name);
    }
    expect(sets).toHaveLength(1);
  });

  it('throws a Fault where the folder is missing at the start', async () => {
    await expect(watchManifests(join(root, 'missing'), () => undefined, stop.signal)).rejects.toMatchObject({
      code: 'manifests',
    });
  });

  it('shows a change in well under 300 ms', async () => {
    await write('a.yaml', namespace('a'));
    const { untilNames } = await start();
    await write('b.yaml', namespace('b'));
    await untilNames('a', 'b');
    const durations: number[] = [];
    for (const name of ['c', 'd', 'e']) {
      const started = performance.now();
      await write('b.yaml', namespace(name));
      await untilNames('a', name);
      durations.push(performance.now() - started);
    }
    expect(Math.min(...durations)).toBeLessThan(300);
  });
});
