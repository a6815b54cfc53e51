import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AgentBed, type Table } from '../support/agent-bed.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';

const NAME = 'p80.web.portico.internal';
/** Pods are addresses of 127.0.0.0/8 that share one port. */
let port = 0;
const pods = new Map<string, Echo>();
let everywhere: Echo;
let bed: AgentBed;

beforeAll(async () => {
  for (const address of ['127.0.0.1', '127.0.0.2']) {
    const echo = await startEcho({ name: address, address, port });
    pods.set(address, echo);
    port = echo.port;
  }
  everywhere = await startEcho({ name: 'everywhere', address: '0.0.0.0' });
});
afterAll(async () => {
  await Promise.all([...pods.values(), everywhere].map((echo) => echo.close()));
});

beforeEach(async () => {
  bed = await AgentBed.open();
  await bed.start();
});
afterEach(() => bed.close());

const answering = (...ipv4: string[]): Table => ({ [NAME]: { ipv4, ipv6: [] } });

const toUpstream = (name = NAME, upstream = 'u1', at = port): string => `
  upstream ${upstream} { zone ups 1m; server ${name}:${at} resolve max_fails=0; }
  server { listen PORT; location / { proxy_pass http://${upstream}; proxy_connect_timeout 1s; } }`;

describe('endpoints', () => {
  it('are there when the generation is live: no request finds an upstream without peers', async () => {
    await bed.ask(toUpstream(), answering('127.0.0.1'));
    expect((await bed.verdict()).phase).toBe('live');
    expect(await bed.get()).toMatchObject({ status: 200, pod: '127.0.0.1' });
  });

  it('are there when another upstream asks for the same name', async () => {
    await bed.ask(toUpstream(), answering('127.0.0.1'));
    await bed.verdict();
    await bed.ask(toUpstream(NAME, 'u2'));
    expect((await bed.verdict()).phase).toBe('live');
    expect(await bed.get()).toMatchObject({ status: 200, pod: '127.0.0.1' });
  });

  it('move within a second and a half, without a reload', async () => {
    await bed.ask(toUpstream(), answering('127.0.0.1'));
    await bed.verdict();
    const workers = await bed.workerPids();
    await bed.feed(answering('127.0.0.2'));
    const start = performance.now();
    await bed.until(async () => (await bed.get()).pod === '127.0.0.2', 'the other pod');
    expect(performance.now() - start).toBeLessThan(1_500);
    await bed.statusWhere(({ runtimeRevision }) => runtimeRevision === bed.revision);
    expect(await bed.workerPids()).toEqual(workers);
  });

  it('may be none, which fails at once, and come back', async () => {
    await bed.ask(toUpstream(), answering());
    expect((await bed.verdict()).phase).toBe('live');
    const start = performance.now();
    expect((await bed.get()).status).toBe(502);
    expect(performance.now() - start).toBeLessThan(500);
    await bed.feed(answering('127.0.0.2'));
    await bed.until(async () => (await bed.get()).pod === '127.0.0.2', 'the pod');
  });

  it('of a name that left the table are nobody, not the pods of before', async () => {
    await bed.ask(toUpstream(), answering('127.0.0.1'));
    await bed.verdict();
    await bed.feed({});
    await bed.until(async () => (await bed.get()).status !== 200, 'nobody');
    expect((await bed.get()).status).toBe(502);
  });

  it('may be more than a datagram holds', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `127.1.${index >> 8}.${index & 255}`);
    await bed.ask(toUpstream(NAME, 'u1', everywhere.port), answering(...many));
    expect((await bed.verdict()).phase).toBe('live');
    for (let count = 0; count < 50; count += 1) expect((await bed.get()).pod).toBe('everywhere');
  });

  it('of a name outside the cluster never lead to this machine', async () => {
    await bed.ask(toUpstream(), { [NAME]: { external: '127.0.0.1' } });
    expect((await bed.verdict()).phase).toBe('live');
    expect((await bed.get()).status).toBe(502);
  });
});

describe('a thousand names', () => {
  it('are all known when the generation is live', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `p80.s${index}.portico.internal`);
    const upstreams = names.map(
      (name, index) => `upstream u${index} { zone ups 32m; server ${name}:${port} resolve; }`,
    );
    const locations = names.map((_, index) => `location /${index} { proxy_pass http://u${index}; }`);
    const table = Object.fromEntries(names.map((name) => [name, { ipv4: ['127.0.0.1'], ipv6: [] }]));
    await bed.ask(`${upstreams.join('\n')} server { listen PORT; ${locations.join('\n')} }`, table);
    expect((await bed.verdict()).phase).toBe('live');
    for (let index = 0; index < 1_000; index += 37) expect((await bed.get(`/${index}`)).status).toBe(200);
  });
});
