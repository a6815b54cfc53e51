import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { titleOf } from '../../src/agent/processes.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad, wasInHandAt, type Load } from '../support/load.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'web.example';
/** How many requests the load has under way at most. */
const CLIENTS = 4;
/** When each worker was seen to be gone. */
const kills: number[] = [];
let pods: Echo[] = [];
let portico: PorticoRun;

const edit = (path: string): void =>
  portico.write('extra.yaml', ingress('extra', { host: 'extra.example', service: 'web', path }));
const load = (): Load => startLoad({ port: portico.httpPort, host: HOST });
const failuresOf = async (running: Load): Promise<Record<string, number>> =>
  Object.fromEntries((await running.stop()).failures);

beforeAll(async () => {
  pods = [await startEcho({ name: 'first' }), await startEcho({ name: 'second' })];
  portico = await PorticoRun.start({
    'web.yaml': service('web', pods) + ingress('web', { host: HOST, service: 'web' }),
  });
});
afterAll(async () => {
  await portico.stop();
  await Promise.all(pods.map((pod) => pod.close()));
});

describe('under load, without retries of the client', () => {
  it('a killed controller costs no request, and the next one follows edits', async () => {
    const running = load();
    const killed = await portico.childPid('controller');
    process.kill(killed, 'SIGKILL');
    edit('/after-controller');
    await portico.serves('extra.example', 200, '/after-controller');
    expect(await portico.childPid('controller')).not.toBe(killed);
    expect(await failuresOf(running)).toEqual({});
  });

  it('a killed agent costs no request, and the next one publishes', async () => {
    const running = load();
    const killed = await portico.childPid('agent');
    process.kill(killed, 'SIGKILL');
    edit('/after-agent');
    await portico.serves('extra.example', 200, '/after-agent');
    expect(await portico.childPid('agent')).not.toBe(killed);
    expect(await failuresOf(running)).toEqual({});
  });

  // What was on the connections of a worker when it was killed is lost with it, whoever wrote the rest, and so is what a
  // client sends on a kept one before it has heard of its end: only these may fail.
  it('a killed worker costs no request that had not reached it, and is replaced', async () => {
    const running = load();
    for (let kill = 0; kill < 10; kill += 1) {
      const [worker = 0] = await portico.workerPids();
      process.kill(worker, 'SIGKILL');
      await portico.until(async () => (await titleOf(worker)) === '', 'the end of the worker');
      kills.push(performance.now());
      await portico.until(async () => (await portico.workerPids()).every((pid) => pid !== worker), 'a new worker');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { failed, answers } = await running.stop();
    const inHand = failed.filter((one) => kills.some((at) => wasInHandAt(at, one)));
    const sent = [...answers.values()].reduce((sum, one) => sum + one, failed.length);
    console.log(
      `10 workers killed: ${sent} requests, ${inHand.length} lost in their hands, ${failed.length - inHand.length} others failed`,
    );
    expect(failed.filter((one) => !inHand.includes(one))).toEqual([]);
    expect(inHand.length).toBeLessThanOrEqual(10 * CLIENTS);
  });

  it('a killed NGINX master is back within 2 s, and no orphan keeps an old configuration', async () => {
    const running = load();
    const [master, orphans] = [await portico.masterPid(), await portico.workerPids()];
    const begun = performance.now();
    process.kill(master, 'SIGKILL');
    await portico.until(async () => (await portico.masterPid().catch(() => master)) !== master, 'a new master');
    await portico.serves(HOST, 200);
    const backMs = Math.round(performance.now() - begun);
    const failures = await failuresOf(running);
    console.log(`NGINX master killed: back after ${backMs} ms, failed requests: ${JSON.stringify(failures)}`);
    expect(backMs).toBeLessThan(2_000);
    const retired = async (): Promise<boolean> =>
      (await Promise.all(orphans.map(titleOf))).every((title) => title === '' || title.includes('shutting down'));
    await portico.until(retired, 'orphans to stop accepting');
    edit('/after-master');
    await portico.live('/after-master');
    const answers = await Promise.all(Array.from({ length: 50 }, () => portico.get('extra.example', '/after-master')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
