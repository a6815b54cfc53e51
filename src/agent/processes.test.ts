import { describe, expect, it } from 'vitest';
import { isAlive, listProcesses, parseStat, readProcess, titleOf } from './processes.ts';

const stat = (name: string, state: string): string =>
  `42 (${name}) ${state} 7 42 42 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 179918 1 1\n`;

describe('parseStat', () => {
  it.each(['nginx', 'a b', ') R 1 2 3', 'ld-linux-x86-64'])('reads a process whose program is called %s', (name) => {
    expect(parseStat(stat(name, 'S'))).toEqual({ pid: 42, parent: 7, group: 42, start: 179_918 });
  });

  it('takes a zombie for gone', () => {
    expect(parseStat(stat('nginx', 'Z'))).toBeUndefined();
  });
});

describe('this process', () => {
  it('is found, alive, and called as it was started', async () => {
    const self = await readProcess(process.pid);
    expect(self).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(await listProcesses()).toContainEqual(self);
    expect(await titleOf(process.pid)).toContain('node');
    expect(await isAlive({ pid: process.pid, start: self?.start ?? 0 })).toBe(true);
  });

  it('is not taken for one that had its pid before', async () => {
    expect(await isAlive({ pid: process.pid, start: 1 })).toBe(false);
  });
});
