import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentBed } from '../support/agent-bed.ts';

let bed: AgentBed;
beforeEach(async () => {
  bed = await AgentBed.open();
  await bed.start();
});
afterEach(() => bed.close());

const saying = (word: string): string => `server { listen PORT; location / { return 200 "${word}"; } }`;

const becomes = (status: number): Promise<void> =>
  bed.until(async () => (await bed.probe('/healthz')) === status, `readiness ${status}`);

const answers = (path: string): Promise<boolean> =>
  bed.probe(path).then(
    () => true,
    () => false,
  );

describe('probes of kubelet', () => {
  it('find NGINX alive at once, and ready from the first live generation on', async () => {
    expect(await bed.probe('/livez')).toBe(200);
    expect(await bed.probe('/healthz')).toBe(503);
    await bed.ask('server { nonsense; }');
    expect(await bed.verdict()).toMatchObject({ phase: 'refused' });
    expect(await bed.probe('/healthz')).toBe(503);
    await bed.ask(saying('one'));
    await bed.verdict();
    await becomes(200);
  });

  it('find it ready while the agent is away', async () => {
    await bed.ask(saying('one'));
    await bed.verdict();
    await becomes(200);
    await bed.stopAgent('SIGKILL');
    expect(await bed.probe('/healthz')).toBe(200);
  });

  it('do not find it ready again once the end has begun, whatever is published then', async () => {
    await bed.ask(saying('one'));
    await bed.verdict();
    await becomes(200);
    await rm(bed.layout.run.ready);
    expect(await bed.probe('/healthz')).toBe(503);
    await bed.ask(saying('two'));
    expect(await bed.verdict()).toMatchObject({ phase: 'live' });
    await bed.ask(saying('three'));
    expect(await bed.verdict()).toMatchObject({ phase: 'live' });
    expect(await bed.probe('/healthz')).toBe(503);
    expect(await bed.probe('/livez')).toBe(200);
  });

  it('find the last good generation ready after a start anew', async () => {
    await bed.ask(saying('one'));
    await bed.verdict();
    await becomes(200);
    await bed.stopAgent();
    await bed.stopSupervisor();
    await rm(bed.layout.run.ready);
    bed.startSupervisor();
    bed.startAgent();
    await bed.until(async () => (await bed.masterPid()) !== undefined, 'NGINX');
    await bed.until(() => answers('/livez'), 'the status port');
    await becomes(200);
    expect((await bed.get()).body).toBe('one');
  });
});
