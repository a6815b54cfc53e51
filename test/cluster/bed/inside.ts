import { once } from 'node:events';
import { createServer } from 'node:net';
import { execa } from 'execa';
import { Fault } from '../../../src/problems/fault.ts';
import { entering, openNamespace, removeBed } from './namespace.ts';
import { bedName } from './place.ts';

/** Runs a command in a network namespace made for it; gives its exit code, and whatever it started is gone then. */
export const runInside = async (command: readonly string[]): Promise<number> => {
  await claimBed();
  await removeBed();
  try {
    await openNamespace();
    const running = execa('nsenter', [...entering(), ...command], { stdio: 'inherit', reject: false });
    // This process stays to clean up.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => running.kill(signal));
    return (await running).exitCode ?? 1;
  } finally {
    await removeBed();
  }
};

/** Two runs would remove each other's bed. The kernel gives this name back when the process ends, however it ends. */
const claimBed = async (): Promise<void> => {
  const claim = createServer().listen(`\0${bedName}`).unref();
  await once(claim, 'listening').catch((cause: unknown) => {
    throw new Fault('cluster', `another run uses the bed ${bedName}; PORTICO_BED=NAME makes one of its own`, { cause });
  });
};
