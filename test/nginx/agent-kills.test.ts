import { once } from 'node:events';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryPath } from '../../src/agent/memory.ts';
import { switchTo, takeGeneration } from '../../src/agent/generation-folders.ts';
import { listProcesses, titleOf } from '../../src/agent/processes.ts';
import { askGeneration } from '../../src/agent/verify-socket.ts';
import { AgentBed, type Table } from '../support/agent-bed.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad } from '../support/load.ts';

const NAME = 'p80.web.portico.internal';
const pods: Echo[] = [];
let bed: AgentBed;
let digest = '';

const answering = (...ipv4: string[]): Table => ({ [NAME]: { ipv4, ipv6: [] } });

const site = (comment: string): string => `# ${comment}
  upstream u1 { zone ups 1m; server ${NAME}:${pods[0]?.port} resolve max_fails=0; }
  server { listen PORT; location / { proxy_pass http://u1; } }`;

beforeAll(async () => {
  pods.push(await startEcho({ name: '127.0.0.1', address: '127.0.0.1' }));
  pods.push(await startEcho({ name: '127.0.0.2', address: '127.0.0.2', port: pods[0]?.port ?? 0 }));
});
afterAll(async () => {
  await Promise.all(pods.map((pod) => pod.close()));
});

beforeEach(async () => {
  bed = await AgentBed.open();
  await bed.start();
  digest = await bed.ask(site('first'), answering('127.0.0.1'));
  await bed.verdict();
});
afterEach(() => bed.close());

const serves = (pod: string) => async (): Promise<boolean> => (await bed.get().catch(() => undefined))?.pod === pod;

describe('an agent that cannot write down what it knows', () => {
  /** Fails every replacement of the file, as a full disk does. */
  const blocker = (): string => `${memoryPath(bed.layout.run)}.incoming`;
  const remembered = async (): Promise<string> => readFile(memoryPath(bed.layout.run), 'utf8');

  it('answers for pods all the same, also after a restart, and writes it down as soon as it can', async () => {
    await mkdir(blocker());
    const [killed = 0, other] = await bed.workerPids();
    process.kill(killed, 'SIGKILL');
    const replacement = async (): Promise<number | undefined> =>
      (await bed.workerPids()).find((pid) => pid !== killed && pid !== other);
    await bed.until(async () => (await replacement()) !== undefined, 'another worker');
    const pid = await replacement();
    await bed.feed(answering('127.0.0.2'));
    await bed.until(serves('127.0.0.2'), 'the endpoints fed meanwhile');
    await bed.stopAgent('SIGKILL');
    bed.startAgent();
    await bed.feed(answering('127.0.0.1'));
    await bed.until(serves('127.0.0.1'), 'the endpoints fed to the next agent');
    expect(await remembered()).not.toContain(`"pid":${pid},`);
    await rmdir(blocker());
    await bed.until(async () => (await remembered()).includes(`"pid":${pid},`), 'the new worker to be written down');
    expect(await bed.verdict()).toMatchObject({ phase: 'live', live: digest });
  });
});

describe('a killed agent', () => {
  it('costs no request, and the next one goes on where it stopped', async () => {
    const load = startLoad(bed.httpPort);
    const before = await readFile(bed.layout.run.resolver, 'utf8');
    await bed.stopAgent('SIGKILL');
    bed.startAgent();
    await bed.feed(answering('127.0.0.2'));
    await bed.until(serves('127.0.0.2'), 'the endpoints fed after the kill');
    const second = await bed.ask(site('second'));
    expect(await bed.verdict()).toMatchObject({ phase: 'live', live: second });
    const { failures, answers } = await load.stop();
    expect(Object.fromEntries(failures)).toEqual({});
    expect([...answers.keys()].toSorted()).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(await readFile(bed.layout.run.resolver, 'utf8')).toBe(before);
  });

  it('is replaced by one that reports the live generation without a reload', async () => {
    const workers = await bed.workerPids();
    await bed.stopAgent('SIGKILL');
    await writeFile(bed.layout.report.status, '');
    bed.startAgent();
    await bed.until(async () => (await readFile(bed.layout.report.status, 'utf8')) !== '', 'a report');
    expect(await bed.verdict()).toMatchObject({ phase: 'live', live: digest, runtimeRevision: bed.revision });
    expect(await bed.workerPids()).toEqual(workers);
  });

  it('may lose a port meanwhile: NGINX learns the new one', async () => {
    await bed.stopAgent('SIGKILL');
    const memory = JSON.parse(await readFile(memoryPath(bed.layout.run), 'utf8')) as { ports: number[] };
    const thieves = await Promise.all(memory.ports.map((port) => startEcho({ name: 'thief', port })));
    bed.startAgent();
    await bed.feed(answering('127.0.0.2'));
    await bed.until(serves('127.0.0.2'), 'the endpoints fed after the kill');
    expect((await bed.verdict()).phase).toBe('live');
    await Promise.all(thieves.map((thief) => thief.close()));
    expect(await readFile(bed.layout.run.resolver, 'utf8')).not.toContain(`:${memory.ports[0]} `);
  });
});

describe('a switch that was never confirmed', () => {
  const leaveUnconfirmed = async (http: string): Promise<string> => {
    const next = await bed.write(http);
    await bed.stopAgent('SIGKILL');
    await takeGeneration(bed.layout, next);
    await switchTo(bed.layout.run, next);
    return next;
  };

  it('is completed when the generation is good', async () => {
    const next = await leaveUnconfirmed(site('second'));
    bed.startAgent();
    await bed.until(
      async () => (await askGeneration(bed.layout.run.verifySocket)) === next,
      'the unconfirmed generation',
    );
    // Then the controller's wish counts again, which is the first.
    await bed.until(
      async () => (await askGeneration(bed.layout.run.verifySocket)) === digest,
      'the desired generation',
    );
    expect(await bed.statusWhere(({ live, phase }) => live === digest && phase === 'live')).toMatchObject({ digest });
  });

  it('is undone when the generation is bad', async () => {
    await leaveUnconfirmed('server { nonsense; }');
    const workers = await bed.workerPids();
    bed.startAgent();
    await bed.until(async () => (await bed.current()) === digest, 'the confirmed generation');
    expect((await bed.get()).status).toBe(200);
    expect(await bed.workerPids()).toEqual(workers);
  });
});

describe('a killed worker', () => {
  it('is replaced by NGINX, and counted with its generation', async () => {
    const [victim = 0, ...others] = await bed.workerPids();
    process.kill(victim, 'SIGKILL');
    await bed.until(async () => !(await bed.workerPids()).includes(victim), 'the end of the worker');
    const status = await bed.statusWhere(({ generations }) => generations[0]?.workers === others.length + 1);
    expect(status.generations).toEqual([{ digest, workers: others.length + 1 }]);
    expect((await bed.get()).status).toBe(200);
  });
});

describe('a killed master', () => {
  it('is back within two seconds, and no worker of before accepts', async () => {
    const load = startLoad(bed.httpPort);
    const master = await bed.masterPid();
    const orphans = await bed.workerPids();
    // One orphan has something to finish, another one is stuck and has to be ended by force.
    const slow = connect({ port: bed.httpPort, host: '127.0.0.1' });
    slow.write('GET /?delay=3000 HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await once(slow, 'connect');
    process.kill(orphans[0] ?? 0, 'SIGSTOP');
    const killed = performance.now();
    process.kill(master ?? 0, 'SIGKILL');
    await bed.until(
      async () => ![undefined, master].includes(await bed.masterPid()) && (await serves('127.0.0.1')()),
      'a new master',
    );
    expect(performance.now() - killed).toBeLessThan(2_000);
    const group = (await listProcesses()).filter((one) => one.group === master);
    const titles = await Promise.all(group.map(({ pid }) => titleOf(pid)));
    expect(titles.filter((title) => !title.includes('is shutting down'))).toEqual([]);
    expect(orphans).toContain(group[0]?.pid ?? orphans[0]);
    slow.destroy();
    const { failures } = await load.stop();
    console.log('requests that failed when the NGINX master was killed:', Object.fromEntries(failures));
    expect(await bed.statusWhere(({ generations }) => generations.length === 1)).toMatchObject({ live: digest });
  });

  it('comes back with the generation that was asked for meanwhile', async () => {
    const master = await bed.masterPid();
    const asked = bed.ask(site('second'));
    process.kill(master ?? 0, 'SIGKILL');
    const second = await asked;
    expect(await bed.verdict()).toMatchObject({ phase: 'live', live: second });
    expect(await askGeneration(bed.layout.run.verifySocket)).toBe(second);
  });
});

describe('a killed supervisor', () => {
  it('together with the master leaves workers behind, which the next one ends before it starts NGINX', async () => {
    const before = await bed.masterPid();
    const orphans = await bed.workerPids();
    await bed.stopSupervisor('SIGKILL');
    process.kill(before ?? 0, 'SIGKILL');
    expect((await bed.get()).status).toBe(200);
    bed.startSupervisor();
    await bed.until(async () => ![undefined, before].includes(await bed.masterPid()), 'a new master');
    const living = (await listProcesses()).map(({ pid }) => pid);
    expect(orphans.filter((pid) => living.includes(pid))).toEqual([]);
  });

  it('is followed by one that takes over the running NGINX, and starts it again when it ends', async () => {
    const before = await bed.masterPid();
    await bed.stopSupervisor('SIGKILL');
    expect((await bed.get()).status).toBe(200);
    bed.startSupervisor();
    process.kill(before ?? 0, 'SIGKILL');
    await bed.until(async () => ![undefined, before].includes(await bed.masterPid()), 'a new master');
    expect(await bed.masterPid()).not.toBe(before);
  });
});
