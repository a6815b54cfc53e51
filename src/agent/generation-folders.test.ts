import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutIn, type Layout } from '../protocol/layout.ts';
import { currentGeneration, keepGenerations, listGenerations, switchTo, takeGeneration } from './generation-folders.ts';
import { memoryPath, readMemory, writeMemory } from './memory.ts';

const DIGEST = 'ab'.repeat(32);
let layout: Layout;

beforeEach(async () => {
  layout = layoutIn(await mkdtemp(join(tmpdir(), 'portico-folders-')));
  await mkdir(join(layout.desired.generations, DIGEST, 'sites'), { recursive: true });
  await mkdir(layout.run.generations, { recursive: true });
  await writeFile(join(layout.desired.generations, DIGEST, 'nginx.conf'), 'main');
  await writeFile(join(layout.desired.generations, DIGEST, 'sites', 'a.conf'), 'site');
});
afterEach(() => rm(join(layout.run.root, '..'), { recursive: true }));

describe('a generation', () => {
  it('is copied with its folders, so that a change in desired/ does not reach NGINX', async () => {
    await takeGeneration(layout, DIGEST);
    await writeFile(join(layout.desired.generations, DIGEST, 'sites', 'a.conf'), 'changed');
    await takeGeneration(layout, DIGEST);
    expect(await readFile(join(layout.run.generations, DIGEST, 'sites', 'a.conf'), 'utf8')).toBe('site');
  });

  it('is not taken with a link in it, and nothing of it is left to be loaded', async () => {
    await symlink('/etc/passwd', join(layout.desired.generations, DIGEST, 'sites', 'b.conf'));
    await expect(takeGeneration(layout, DIGEST)).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringContaining('b.conf is neither a file nor a folder'),
    });
    expect(await listGenerations(layout.run)).toEqual([]);
  });

  it('is taken after a copy that a crash cut short', async () => {
    await mkdir(join(layout.run.generations, '.incoming', 'old'), { recursive: true });
    await takeGeneration(layout, DIGEST);
    expect(await readdir(join(layout.run.generations, DIGEST))).toEqual(['nginx.conf', 'sites']);
    expect(await listGenerations(layout.run)).toEqual([DIGEST]);
  });

  it('is current once switched to, unless it was removed', async () => {
    expect(await currentGeneration(layout.run)).toBeUndefined();
    await takeGeneration(layout, DIGEST);
    await switchTo(layout.run, DIGEST);
    expect(await currentGeneration(layout.run)).toBe(DIGEST);
    expect(await readFile(layout.run.conf, 'utf8')).toBe('main');
    await keepGenerations(layout.run, new Set());
    expect(await currentGeneration(layout.run)).toBeUndefined();
  });
});

describe('memory', () => {
  const memory = { confirmed: DIGEST, ports: [61_000], workers: [{ pid: 7, start: 9, digest: 'bootstrap' }] };
  it('is read as it was written', async () => {
    await writeMemory(layout.run, memory);
    expect(await readMemory(layout.run)).toEqual(memory);
  });

  it.each(['', '{"ports":', '{"ports":[],"workers":[],"confirmed":"../x"}'])(
    'is empty where it says %j',
    async (text) => {
      await writeFile(memoryPath(layout.run), text);
      expect(await readMemory(layout.run)).toEqual({ ports: [], workers: [] });
    },
  );
});
