import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from '../../src/agent/processes.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad, wasInHandAt, type Load } from '../support/load.ts';
import { ingress, service } from '../support/manifests.ts';
import { Pod } from '../support/pod.ts';

const AGENT = resolve(import.meta.dirname, '../../src/main-agent.ts');
const HOST = 'web.example';
const EXTRA = 'extra.example';
let echo: Echo;
let pod: Pod;

const manifests = (path: string): string =>
  service('web', [echo]) +
  ingress('web', { host: HOST, service: 'web' }) +
  ingress('extra', { host: EXTRA, service: 'web', path });
const load = (): Load => startLoad({ port: pod.httpPort, host: HOST });
const publishes = async (path: string): Promise<void> => {
  await pod.write(manifests(path));
  await pod.until(async () => (await pod.get(EXTRA, path)) === 200, `${path} to be served`);
};
const ready = (): Promise<void> => pod.until(async () => (await pod.probe('/healthz')) === 200, 'a ready Pod');
const newMaster = (old: number): Promise<void> =>
  pod.until(async () => (await pod.masterPid().catch(() => old)) !== old, 'a new master');
const gone = (pid: number): Promise<void> => pod.until(async () => (await titleOf(pid)) === '', `the end of ${pid}`);

beforeAll(async () => {
  echo = await startEcho({ name: 'web' });
  pod = await Pod.create(manifests('/before'));
  await pod.start('nginx', { SHUTDOWN_GRACE_PERIOD: '2' });
  await pod.start('controller', { TERMINATION_LIMIT: '30' });
  await ready();
});
afterAll(async () => {
  await pod.remove();
  await echo.close();
});

describe('bundles', () => {
  it('need no more memory than their budget at the start', async () => {
    const [controller, agent] = [await pod.memoryOf('controller'), await pod.memoryOf('agent')];
    console.log(`at the start: controller ${controller.toFixed(1)} MB, agent ${agent.toFixed(1)} MB`);
    expect(controller).toBeLessThanOrEqual(100);
    expect(agent).toBeLessThanOrEqual(70);
  });

  it('are ASCII, because one letter beyond it makes V8 keep two bytes of every letter', async () => {
    for (const program of ['controller', 'agent'] as const)
      expect((await pod.sourceOf(program)).search(/[^\p{ASCII}]/u)).toBe(-1);
  });

  it('beside NGINX there is nothing of Kubernetes, of planning or of templates', () => {
    const inputs = pod.bundles['agent.mjs'] ?? [];
    expect(inputs).toContain('src/agent/agent.ts');
    const alien =
      /node_modules\/(?:@kubernetes|handlebars|undici|yaml)\/|^src\/(?:plan|render|kube|annotations|publish)\//;
    expect(inputs.filter((path) => alien.test(path))).toEqual([]);
  });
});

describe('under load, without retries of the client', () => {
  it('a killed agent costs no request and no readiness, is printed, and the next one publishes', async () => {
    const running = load();
    const killed = await pod.pidOf('agent');
    process.kill(killed, 'SIGKILL');
    await gone(killed);
    expect(await pod.probe('/healthz')).toBe(200);
    await publishes('/after-agent');
    expect(Object.fromEntries((await running.stop()).failures)).toEqual({});
    expect(await pod.log()).toMatch(
      /^nginx-entrypoint\.sh: agent ended with 137 after \d+ s, starting it again in 0 s$/m,
    );
  });

  it('a killed controller costs no request, and the next one follows edits', async () => {
    const running = load();
    const killed = await pod.pidOf('controller');
    process.kill(killed, 'SIGKILL');
    await publishes('/after-controller');
    expect(Object.fromEntries((await running.stop()).failures)).toEqual({});
    expect(await pod.log()).toMatch(/controller-entrypoint\.sh: controller ended with 137 after/);
  });

  it('a killed worker is replaced by the master and costs no request on other connections', async () => {
    const running = load();
    const [worker = 0] = await pod.workerPids();
    process.kill(worker, 'SIGKILL');
    await gone(worker);
    const goneAt = performance.now();
    await pod.until(async () => (await pod.workerPids()).every((pid) => pid !== worker), 'a new worker');
    const { failed } = await running.stop();
    expect(failed.filter((one) => !wasInHandAt(goneAt, one))).toEqual([]);
  });

  it('a killed NGINX master is back within 2 s, printed, and its orphans accept no more', async () => {
    const running = load();
    const [master, orphans] = [await pod.masterPid(), await pod.workerPids()];
    const begun = performance.now();
    process.kill(master, 'SIGKILL');
    await newMaster(master);
    await pod.until(async () => (await pod.get(HOST, '/')) === 200, 'an answer');
    const backMs = Math.round(performance.now() - begun);
    const { failures } = await running.stop();
    console.log(`NGINX master killed: back after ${backMs} ms, failed: ${JSON.stringify([...failures])}`);
    expect(backMs).toBeLessThan(2_000);
    expect(await pod.log()).toContain('nginx-entrypoint.sh: NGINX ended with 137 after');
    await Promise.all(orphans.map(gone));
    await publishes('/after-master');
  });

  it('orphans that do not obey are killed', async () => {
    const [master, orphans] = [await pod.masterPid(), await pod.workerPids()];
    for (const orphan of orphans) process.kill(orphan, 'SIGSTOP');
    process.kill(master, 'SIGKILL');
    await newMaster(master);
    await pod.until(async () => (await pod.get(HOST, '/')) === 200, 'an answer');
    expect(await Promise.all(orphans.map(titleOf))).toEqual(orphans.map(() => ''));
  });
});

describe('at TERM', () => {
  it('is not ready at once, serves on, finishes what began, and the controller ends last', async () => {
    const running = load();
    pod.terminate('nginx');
    pod.terminate('controller');
    await pod.until(async () => (await pod.probe('/healthz')) === 503, 'a Pod that is not ready');
    await publishes('/after-term');
    expect(existsSync(join(pod.layout.report.root, 'ended'))).toBe(false);
    const slow = pod.get(HOST, '/?delay=4000');
    expect(Object.fromEntries((await running.stop()).failures)).toEqual({});
    await pod.until(async () => (await pod.get(HOST, '/')) === 0, 'NGINX to accept no more');
    expect(pod.runs('controller')).toBe(true);
    expect(await slow).toBe(200);
    expect(await pod.ended('nginx')).toBe(0);
    expect(existsSync(join(pod.layout.report.root, 'ended'))).toBe(true);
    expect(await pod.ended('controller')).toBe(0);
  });
});

describe('started again', () => {
  it('serves the last good generation before there is an agent, and waits longer after each quick end', async () => {
    await pod.start('nginx', { PORTICO_AGENT: 'false', SHUTDOWN_GRACE_PERIOD: '0' });
    await pod.until(async () => (await pod.probe('/livez')) === 200, 'NGINX');
    expect(await pod.probe('/healthz')).toBe(503);
    expect(existsSync(join(pod.layout.report.root, 'ended'))).toBe(false);
    await pod.until(async () => (await pod.log()).includes('starting it again in 2 s'), 'the third end');
    expect(await pod.log()).toMatch(/agent ended with 1 .* in 0 s[^]*agent ended with 1 .* in 1 s/);
    pod.terminate('nginx');
    expect(await pod.ended('nginx')).toBe(0);
  });

  it('ends with the code for wrong usage where the agent refuses its flags and there is nothing to serve', async () => {
    await pod.start('nginx', { PORTICO_STATE: '/nowhere', PORTICO_AGENT: `node ${AGENT} --http-port none` });
    expect(await pod.ended('nginx')).toBe(2);
  });
});
