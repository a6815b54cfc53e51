import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { withInterpreter } from './interpreter.ts';

it('a program runs through the loader written into it, and not without it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portico-a-path-longer-than-the-one-it-replaces-'));
  const [loader, program] = [join(folder, 'loader'), join(folder, 'program')];
  await copyFile('/lib64/ld-linux-x86-64.so.2', loader);
  await chmod(loader, 0o755);
  await writeFile(program, withInterpreter(await readFile('/bin/echo'), loader), { mode: 0o755 });
  expect((await execa(program, ['hello'])).stdout).toBe('hello');
  await rm(loader);
  await expect(execa(program, ['hello'])).rejects.toMatchObject({ code: 'ENOENT' });
  await rm(folder, { recursive: true });
});

it('refuses a program without a loader', () => {
  expect(() => withInterpreter(Buffer.alloc(64), '/loader')).toThrow('names no dynamic loader');
});
