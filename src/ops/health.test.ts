import { afterEach, beforeEach, expect, test } from 'vitest';
import { startHealthServer, type HealthServer } from './health.ts';

const metrics = async (): Promise<string> => 'some 1\n';
let healthy = true;
let server: HealthServer;

beforeEach(async () => {
  server = await startHealthServer({ path: '/healthz', host: '127.0.0.1', port: 0, isHealthy: () => healthy, metrics });
});

afterEach(() => server.close());

const ask = async (path: string, method = 'GET'): Promise<readonly [number, string]> => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return [response.status, await response.text()];
};

test('health is 200 while healthy and 500 otherwise', async () => {
  healthy = true;
  expect(await ask('/healthz')).toEqual([200, 'ok']);
  healthy = false;
  expect(await ask('/healthz')).toEqual([500, 'not healthy']);
});

test('metrics are told', async () => {
  expect(await ask('/metrics')).toEqual([200, 'some 1\n']);
});

test('everything else is 404', async () => {
  expect(await ask('/')).toEqual([404, 'not found']);
  expect(await ask('/healthz', 'POST')).toEqual([404, 'not found']);
});

test('a port that is taken is an error that says so', async () => {
  const again = startHealthServer({
    path: '/healthz',
    host: '127.0.0.1',
    port: server.port,
    isHealthy: () => true,
    metrics,
  });
  await expect(again).rejects.toMatchObject({ code: 'port-in-use' });
});
