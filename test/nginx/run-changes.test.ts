import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad } from '../support/load.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'web.example';
let pods: Echo[] = [];
let portico: PorticoRun;

const pod = (index: number): Echo => pods[index] as Echo;
const reloads = (): number => portico.log().match(/generation is live/g)?.length ?? 0;

beforeAll(async () => {
  // Pods of one Service share a port, as in a cluster: the set of ports is part of a plan, the addresses are not.
  pods = [await startEcho({ name: 'one', address: '127.0.0.1' })];
  pods.push(await startEcho({ name: 'two', address: '127.0.0.2', port: pod(0).port }));
});
afterAll(() => Promise.all(pods.map((one) => one.close())));

const begin = (flags: readonly string[] = []): Promise<PorticoRun> =>
  PorticoRun.start(
    { 'pods.yaml': service('web', [pod(0)]), 'web.yaml': ingress('web', { host: HOST, service: 'web' }) },
    flags,
  );

describe('a run', () => {
  beforeEach(async () => void (portico = await begin()));
  afterEach(() => portico.stop());

  it('answers an edited route within a second', async () => {
    const begun = performance.now();
    portico.write(
      'web.yaml',
      ingress('web', { host: HOST, service: 'web', path: '/edited', annotations: { 'app-root': '/edited' } }),
    );
    await portico.serves(HOST, 302);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('moves traffic to other pods without a reload and without a lost request', async () => {
    const before = reloads();
    const load = startLoad({ port: portico.httpPort, host: HOST });
    portico.write('pods.yaml', service('web', [pod(1)]));
    await portico.serves(HOST, 'two');
    portico.write('pods.yaml', service('web', [pod(0), pod(1)]));
    await portico.serves(HOST, 'one');
    const { failures, answers } = await load.stop();
    expect(Object.fromEntries(failures)).toEqual({});
    expect([...answers.keys()].toSorted()).toEqual(['one', 'two']);
    expect(reloads()).toBe(before);
  });

  it('answers 503 while a Service has no pods, and again from its pods when it has some', async () => {
    portico.write(
      'pods.yaml',
      service('web', [pod(0)]).replace('endpoints: [{', 'endpoints: [{ conditions: { ready: false },'),
    );
    await portico.serves(HOST, 503);
    portico.write('pods.yaml', service('web', [pod(0)]));
    await portico.serves(HOST, 'one');
  });

  it('loses no request when a live route moves to a Service that NGINX does not know', async () => {
    const load = startLoad({ port: portico.httpPort, host: HOST });
    portico.write('pods.yaml', service('web', [pod(0)]) + service('other', [pod(1)]));
    portico.write('web.yaml', ingress('web', { host: HOST, service: 'other' }));
    await portico.serves(HOST, 'two');
    portico.write('pods.yaml', service('other', [pod(1)]));
    await portico.until(() => !portico.config().includes('Service/default/web'), 'the old Service to be gone');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(Object.fromEntries((await load.stop()).failures)).toEqual({});
  });

  it('loses no request in 100 reloads', async () => {
    const load = startLoad({ port: portico.httpPort, host: HOST });
    for (let reload = 0; reload < 100; reload += 1) {
      portico.write('extra.yaml', ingress('extra', { host: 'extra.example', service: 'web', path: `/r${reload}` }));
      await portico.live(`"/r${reload}/"`);
    }
    const { failures, answers } = await load.stop();
    console.log(`100 reloads: ${[...answers.values()].reduce((sum, one) => sum + one, 0)} requests answered`);
    expect(Object.fromEntries(failures)).toEqual({});
  }, 120_000);

  it('stops everything at Ctrl-C and leaves nothing behind', async () => {
    const master = await portico.masterPid();
    expect(await portico.stop()).toBe(0);
    expect(() => process.kill(master, 0)).toThrow('ESRCH');
    portico = await begin();
  });

  it('leaves no process behind when the supervisor itself is killed', async () => {
    const all = [await portico.masterPid(), await portico.childPid('agent'), await portico.childPid('controller')];
    portico.kill();
    const isAlive = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await portico.until(() => !all.some(isAlive), 'the end of all processes');
    expect(all.map(isAlive)).toEqual([false, false, false]);
    await portico.stop();
    portico = await begin();
  });
});

describe('a run that may not use DNS for endpoints', () => {
  beforeEach(async () => void (portico = await begin(['--endpoints=reload'])));
  afterEach(() => portico.stop());

  it('has the addresses in the configuration and moves traffic by a reload, without a lost request', async () => {
    expect(portico.config()).toContain(`server 127.0.0.1:${pod(0).port} max_fails=0;`);
    const load = startLoad({ port: portico.httpPort, host: HOST });
    portico.write('pods.yaml', service('web', [pod(1)]));
    await portico.serves(HOST, 'two');
    expect(Object.fromEntries((await load.stop()).failures)).toEqual({});
    portico.write(
      'pods.yaml',
      service('web', [pod(0)]).replace('endpoints: [{', 'endpoints: [{ conditions: { ready: false },'),
    );
    await portico.serves(HOST, 503);
  });
});
