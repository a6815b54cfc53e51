import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../agent/until.ts';
import { superviseChild, type Supervision } from './supervisor.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder = '';
let pids = '';
let supervision: Supervision | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-supervisor-'));
  pids = join(folder, 'pids');
});
afterEach(async () => {
  await supervision?.stop();
  await rm(folder, { recursive: true });
});

/** Starts a module that writes down its pid and then runs this code. */
const supervise = async (code: string): Promise<Supervision> => {
  const module = join(folder, 'child.mjs');
  await writeFile(module, `import fs from 'node:fs'; fs.appendFileSync(process.argv[2], process.pid + '\\n'); ${code}`);
  supervision = superviseChild({ name: 'child', module, args: [pids], finalCodes: [2, 3], log, stopLimitMs: 500 });
  return supervision;
};

const started = async (count: number): Promise<readonly number[]> => {
  const read = async (): Promise<readonly number[] | undefined> => {
    const lines = (await readFile(pids, 'utf8').catch(() => '')).split('\n').slice(0, -1);
    return lines.length >= count ? lines.map(Number) : undefined;
  };
  return (await until(read, { limitMs: 5_000, everyMs: 10, signal: new AbortController().signal })) ?? [];
};

const isGone = (pid: number | undefined): boolean => {
  try {
    return !process.kill(pid ?? 0, 0);
  } catch {
    return true;
  }
};

describe('superviseChild', () => {
  it('starts a child again that was killed', async () => {
    await supervise('process.on("disconnect", () => process.exit());');
    const [first = 0] = await started(1);
    process.kill(first, 'SIGKILL');
    const [, second] = await started(2);
    expect(second).not.toBe(first);
    expect(isGone(second)).toBe(false);
  });

  it('gives up a child that says at its start that it cannot run', async () => {
    const { ended } = await supervise('process.exit(3);');
    expect(await ended).toEqual({ code: 3 });
    expect(await started(1)).toHaveLength(1);
  });

  it('starts a child again that crashed', async () => {
    await supervise(
      'if (fs.readFileSync(process.argv[2], "utf8").split("\\n").length < 3) process.exit(70); setInterval(() => {}, 1e3);',
    );
    expect(await started(2)).toHaveLength(2);
  });

  it('stops a child gently, although it listens for the end of its channel', async () => {
    const farewell = 'process.on("exit", () => fs.appendFileSync(process.argv[2], "0\\n"));';
    const child = await supervise(
      `${farewell} process.once("SIGTERM", () => {}); process.once("disconnect", () => {});`,
    );
    const [pid] = await started(1);
    await child.stop();
    expect(await started(2)).toEqual([pid, 0]);
    expect(await child.ended).toBeUndefined();
  });

  it('stops a child, by force if it must', async () => {
    const child = await supervise('process.on("SIGTERM", () => {}); setInterval(() => {}, 1e3);');
    const [pid] = await started(1);
    await child.stop();
    expect(isGone(pid)).toBe(true);
    expect(await child.ended).toBeUndefined();
  });
});
