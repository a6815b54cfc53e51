import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  isWatch,
  sendJson,
  startFakeApiServer,
  type FakeApiServer,
  type Seen,
} from '../../test/support/fake-api-server.ts';
import type { Problem } from '../problems/problem.ts';
import { objectRef } from '../values/object-ref.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';

const problem = (name: string): Problem => ({
  code: 'InvalidAnnotation',
  subject: objectRef('Ingress', 'shop', name),
  field: ['metadata', 'annotations', 'x'],
  expected: 'a number',
  consequence: 'using 60 (default)',
});

let server: FakeApiServer;
let client: ApiClient;
let ending: AbortController;
let warnings: string[];
let writers: EventWriter[];

beforeEach(async () => {
  server = await startFakeApiServer();
  client = createApiClient(() => server.config());
  ending = new AbortController();
  [warnings, writers] = [[], []];
});

afterEach(async () => {
  ending.abort();
  await Promise.all(writers.map(({ ended }) => ended));
  await client.close();
  await server.close();
});

const start = (pod = 'portico-0'): EventWriter => {
  const log = { debug: () => {}, info: () => {}, warn: (text: string) => void warnings.push(text) };
  const uidOf = (ref: string): string | undefined => (ref.endsWith('/gone') ? undefined : `uid of ${ref}`);
  const pauses = { reconnectMs: 1, firstMs: 1, longestMs: 2 };
  const writer = createEventWriter({ client, log, pod, uidOf, pauses, intervalMs: 1 }, ending.signal);
  writers.push(writer);
  return writer;
};

const bodyOf = ({ body }: Seen): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;
const post = (count: number) => (): boolean => server.seen.filter(({ method }) => method === 'POST').length >= count;
const created = (): readonly Record<string, unknown>[] =>
  server.seen.filter(({ method }) => method === 'POST').map(bodyOf);

test('a problem that appears and goes is a Warning and a Normal Event on its object', async () => {
  server.answer = ({ response }) => sendJson(response, 201, {});
  const writer = start();
  writer.appeared(problem('web'), 'new');
  writer.resolved(problem('web'));
  await server.request(post(2));
  const involvedObject = { kind: 'Ingress', namespace: 'shop', name: 'web', uid: 'uid of Ingress/shop/web' };
  expect(created()).toMatchObject([
    { type: 'Warning', reason: 'InvalidAnnotation', count: 1, involvedObject, reportingInstance: 'portico-0' },
    { type: 'Normal', reason: 'Accepted', involvedObject, metadata: { namespace: 'shop' } },
  ]);
  expect(server.seen[0]?.path).toBe('/api/v1/namespaces/shop/events');
});

test('what another replica told already is counted up under the same name', async () => {
  const names = new Set<string>();
  server.answer = ({ method, response, body }) => {
    if (method === 'GET') return sendJson(response, 200, { count: 4 });
    if (method === 'PATCH') return sendJson(response, 200, {});
    const { name } = (JSON.parse(body) as { metadata: { name: string } }).metadata;
    const isKnown = names.has(name);
    names.add(name);
    return sendJson(response, isKnown ? 409 : 201, {});
  };
  start('portico-0').appeared(problem('web'), 'new');
  await server.request(post(1));
  start('portico-1').appeared(problem('web'), 'new');
  const patch = await server.request(({ method }) => method === 'PATCH');
  expect(bodyOf(patch)).toMatchObject({ count: 5, series: { count: 5 } });
  expect(patch.path).toBe(`/api/v1/namespaces/shop/events/${[...names][0]}`);
  expect(names.size).toBe(1);
});

test('an API server that is busy is asked again, and one that refuses is not', async () => {
  const answers = [503, 429, 403, 201];
  server.answer = ({ response }) => sendJson(response, answers.shift() ?? 201, { message: 'no' });
  const writer = start();
  writer.appeared(problem('web'), 'new');
  await server.request(post(3));
  writer.appeared(problem('shop'), 'new');
  await server.request(post(4));
  expect(created().map(({ involvedObject }) => (involvedObject as { name: string }).name)).toEqual([
    'web',
    'web',
    'web',
    'shop',
  ]);
  expect(warnings).toHaveLength(1);
});

test('an object that is gone gets no Event', async () => {
  server.answer = ({ response }) => sendJson(response, 201, {});
  const writer = start();
  writer.resolved(problem('gone'));
  writer.appeared(problem('web'), 'new');
  await server.request(post(1));
  expect(created()).toHaveLength(1);
  expect(server.seen.some(isWatch)).toBe(false);
});

test('what was found at the start is told if nobody told it before, and not counted up otherwise', async () => {
  const answers = [409, 201];
  server.answer = ({ response }) => sendJson(response, answers.shift() ?? 201, {});
  const writer = start();
  writer.appeared(problem('web'), 'found');
  writer.appeared(problem('shop'), 'found');
  writer.appeared(problem('last'), 'new');
  await server.request(post(3));
  expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
});
