import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isWatch, sendList, startFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts';
import { freePort } from '../support/free-port.ts';
import { stockArguments } from '../support/stock-arguments.ts';

const MAIN = fileURLToPath(new URL('../../src/main-controller.ts', import.meta.url));
const PATIENCE_MS = 20_000;

let folder: string;
let server: FakeApiServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-stock-'));
  server = await startFakeApiServer();
  server.answer = (seen) => (isWatch(seen) ? seen.response.writeHead(200).flushHeaders() : sendList(seen, []));
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const answers = async (url: string): Promise<number> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return answer.status;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${url}`);
    await pause(20);
  }
};

it('the controller starts with the arguments of a stock installation, and says what has no effect', async () => {
  const port = await freePort();
  const place = [`--state-dir=${folder}`, `--healthz-port=${port}`, '--healthz-host=127.0.0.1'];
  const host = `--apiserver-host=${server.config().getCurrentCluster()?.server}`;
  const controller = spawn(process.execPath, [MAIN, ...stockArguments, ...place, host, '--health-check-path=/alive']);
  let log = '';
  controller.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(controller, 'exit');
  try {
    expect(await answers(`http://127.0.0.1:${port}/alive`)).toBe(200);
    await server.request(({ path }) => path === '/apis/networking.k8s.io/v1/ingresses');
    expect(log).toContain('--publish-service --election-id');
    expect(log).toContain('--validating-webhook --validating-webhook-certificate --validating-webhook-key');
  } finally {
    controller.kill('SIGTERM');
  }
  const [code] = await ended;
  expect(code).toBe(0);
});
