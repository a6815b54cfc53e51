import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendJson, startFakeApiServer, type FakeApiServer } from '../../test/support/fake-api-server.ts';
import { Fault } from '../problems/fault.ts';
import { createApiClient } from './api-client.ts';

let server: FakeApiServer;
beforeEach(async () => {
  server = await startFakeApiServer();
});
afterEach(() => server.close());

const { signal } = new AbortController();

test('a token that was refused is read again, and the question is asked again', async () => {
  const tokens = ['old', 'new'];
  const client = createApiClient(() => server.config(tokens.shift()));
  server.answer = ({ authorization, response }) => sendJson(response, authorization === 'Bearer new' ? 200 : 401, {});
  const statuses = [];
  for (let round = 0; round < 2; round += 1) {
    const response = await client.request({ path: '/version', signal });
    await response.text();
    statuses.push(response.status);
  }
  expect(statuses).toEqual([200, 200]);
  expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer new', 'Bearer new']);
  await client.close();
});

test('a question that is refused with a fresh token too is not asked a third time', async () => {
  const client = createApiClient(() => server.config('bad'));
  server.answer = ({ response }) => sendJson(response, 401, {});
  expect((await client.request({ path: '/version', signal })).status).toBe(401);
  expect(server.seen).toHaveLength(2);
  await client.close();
});

test('twenty requests one after the other need no more than two connections', async () => {
  const client = createApiClient(() => server.config('t'));
  const ports = new Set<number | undefined>();
  server.answer = ({ response }) => {
    ports.add(response.socket?.remotePort);
    sendJson(response, 200, {});
  };
  for (let round = 0; round < 20; round += 1) await (await client.request({ path: '/version', signal })).text();
  expect(ports.size).toBeLessThanOrEqual(2);
  await client.close();
});

test('an API server that is not there is a Fault that says why', async () => {
  const config = server.config();
  const client = createApiClient(() => config);
  await server.close();
  const failure = client.request({ path: '/version', signal });
  await expect(failure).rejects.toBeInstanceOf(Fault);
  await expect(failure).rejects.toThrow(/does not answer: .*ECONNREFUSED/);
  server = await startFakeApiServer();
  await client.close();
});
