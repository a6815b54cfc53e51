import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

it('a run that a Node program started with a channel ends at its signal, while the channel is open', async () => {
  const root = mkdtempSync(join(tmpdir(), 'portico-channel-'));
  mkdirSync(join(root, 'manifests'));
  const ports = [`--http-port=${await freePort()}`, `--https-port=${await freePort()}`];
  const run = fork(MAIN, ['run', '--manifests', join(root, 'manifests'), ...ports], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const live = new Promise<void>((resolve) => {
    run.stderr?.on('data', (chunk: Buffer) => chunk.includes('is live') && resolve());
  });
  await live;
  run.kill('SIGINT');
  const [code] = (await once(run, 'exit')) as [number];
  rmSync(root, { recursive: true });
  expect(code).toBe(0);
});
