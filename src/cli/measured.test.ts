import { expect, test } from 'vitest';
import { bareIngress } from '../../test/support/loop-world.ts';
import { emptyState } from '../cluster/cluster-state.ts';
import type { LoopPorts, Planned } from '../controller/ports.ts';
import { createMetrics } from '../ops/metrics.ts';
import { Fault } from '../problems/fault.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { measured } from './measured.ts';

type Ports = Pick<LoopPorts<Planned>, 'planner' | 'publisher' | 'reporter'>;

const generation = { digest: 'd', files: [] };
const planned: Planned = { generation, workerFiles: [], problems: [], settings: { asked: {}, used: {} } };
const table = () => ({ revision: 'r', names: {}, certificates: [] });

const portsThatAnswer = (answers: (Outcome | Fault)[]): Ports => ({
  planner: {
    plan: () => planned,
    runtimeTable: table,
    blame: () => undefined,
    blamedSnippet: () => undefined,
    blamePort: () => undefined,
    transition: () => undefined,
    restyle: () => undefined,
    checkText: () => undefined,
    changedParts: () => [],
  },
  publisher: {
    hello: async () => ({ version: '1.30.6', modules: [], ipv6: false }),
    publish: async () => {
      const answer = answers.shift() ?? { kind: 'live' };
      if (answer instanceof Fault) throw answer;
      return answer;
    },
    publishTable: async () => {},
    living: () => undefined,
    onLost: () => {},
  },
  reporter: { problems() {}, reconciled() {}, kept() {}, warn() {}, fault() {} },
});

test('what passes through the ports is counted, and passes', async () => {
  const metrics = createMetrics(() => 0);
  const fault = new Fault('publish', 'no space');
  const ports = measured(portsThatAnswer([{ kind: 'live' }, { kind: 'refused', errors: [] }, fault]), metrics);
  const capabilities = await ports.publisher.hello();
  const choice = { setAside: new Map(), refusedSettings: undefined, heldPorts: new Map(), capabilities };
  expect(ports.planner.plan(emptyState, choice)).toBe(planned);
  expect(await ports.publisher.publish(generation, [], table)).toEqual({ kind: 'live' });
  expect(await ports.publisher.publish(generation, [], table)).toEqual({ kind: 'refused', errors: [] });
  await expect(ports.publisher.publish(generation, [], table)).rejects.toBe(fault);
  const { ref } = bareIngress('web', '1');
  ports.reporter.problems([
    { code: 'SecretNotFound', subject: ref, field: [], expected: 'an existing Secret', consequence: 'none' },
  ]);
  const lines = (await metrics.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'portico_plan_seconds_count 1',
      'portico_publication_seconds_count{outcome="live"} 1',
      'portico_publication_seconds_count{outcome="refused"} 1',
      'portico_publication_seconds_count{outcome="failed"} 1',
      'portico_problems{code="SecretNotFound"} 1',
    ]),
  );
});
