import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad } from '../support/load.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'web.example';
const main = ingress('web', { host: HOST, service: 'web' });
const canary = (weight: number): string =>
  ingress('next', { host: HOST, service: 'next', annotations: { canary: 'true', 'canary-weight': String(weight) } });
let old: Echo;
let next: Echo;
let portico: PorticoRun;

beforeAll(async () => {
  old = await startEcho({ name: 'old', address: '127.0.0.1' });
  next = await startEcho({ name: 'next', address: '127.0.0.2', port: old.port });
});
afterAll(() => Promise.all([old.close(), next.close()]));

beforeEach(async () => {
  portico = await PorticoRun.start({
    'web-pods.yaml': service('web', [old]),
    'next-pods.yaml': service('next', [next]),
    'web.yaml': main,
  });
});
afterEach(() => portico.stop());

const pod = async (): Promise<string | undefined> => (await portico.get(HOST, '/')).pod;

it('no request is lost while a canary comes, grows and goes', async () => {
  const load = startLoad({ port: portico.httpPort, host: HOST });
  for (const weight of [50, 100]) {
    portico.write('canary.yaml', canary(weight));
    await portico.until(async () => (await pod()) === 'next', `a request to the canary at ${weight}`);
  }
  portico.remove('canary.yaml');
  await portico.until(async () => (await pod()) === 'old', 'the main Service');
  const { failures } = await load.stop();
  expect(Object.fromEntries(failures)).toEqual({});
});

it('draws about the share that was asked for', async () => {
  portico.write('canary.yaml', canary(30));
  await portico.until(async () => (await pod()) === 'next', 'a request to the canary');
  let drawn = 0;
  for (let request = 0; request < 1_000; request += 1) if ((await pod()) === 'next') drawn += 1;
  // Six standard deviations.
  expect(Math.abs(drawn - 300)).toBeLessThan(87);
});

it('the main Service takes over, without a reload, while the canary has no pods', async () => {
  portico.write('canary.yaml', canary(100));
  await portico.until(async () => (await pod()) === 'next', 'the canary');
  const before = portico.config();
  const load = startLoad({ port: portico.httpPort, host: HOST });
  portico.write('next-pods.yaml', service('next', []));
  await portico.until(async () => (await pod()) === 'old', 'the main Service');
  const { failures } = await load.stop();
  expect({ failures: Object.fromEntries(failures), reloaded: portico.config() !== before }).toEqual({
    failures: {},
    reloaded: false,
  });
});
