import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { AgentBed } from '../support/agent-bed.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad } from '../support/load.ts';

const RELOADS = 30;
const NAME = 'p80.web.portico.internal';
let pod: Echo;
let bed: AgentBed;

beforeAll(async () => {
  pod = await startEcho({ name: 'pod' });
});
afterAll(() => pod.close());
beforeEach(async () => {
  bed = await AgentBed.open();
  await bed.start();
});
afterEach(() => bed.close());

const site = (comment: number): string => `# ${comment}
  upstream u1 { zone ups 1m; server ${NAME}:${pod.port} resolve max_fails=0; }
  server { listen PORT; location / { proxy_pass http://u1; } }`;

it(`${RELOADS} reloads under load cost no request`, async () => {
  await bed.ask(site(0), { [NAME]: { ipv4: ['127.0.0.1'], ipv6: [] } });
  await bed.verdict();
  const load = startLoad(bed.httpPort);
  for (let count = 1; count <= RELOADS; count += 1) {
    await bed.ask(site(count));
    expect((await bed.verdict()).phase).toBe('live');
  }
  const { failures, answers } = await load.stop();
  expect(Object.fromEntries(failures)).toEqual({});
  expect(answers.get('pod')).toBeGreaterThan(RELOADS);
});
