import { beforeEach, expect, test } from 'vitest';
import { createMetrics, type Metrics } from './metrics.ts';

let now = 0;
let metrics: Metrics;

beforeEach(() => {
  now = 1000;
  metrics = createMetrics(() => now);
});

/** The lines of ours that say a number. */
const lines = async (): Promise<readonly string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith('portico_') && !line.includes('_bucket'));

test('reading the cluster is counted by kind, and says how long it has heard nothing', async () => {
  metrics.listed('Ingress');
  metrics.watched('Ingress');
  metrics.heard('Ingress', 'change');
  metrics.heard('Ingress', 'bookmark');
  metrics.interrupted('Ingress', 'expired');
  now += 1500;
  expect(await lines()).toEqual(
    expect.arrayContaining([
      'portico_kube_lists_total{kind="Ingress"} 1',
      'portico_kube_watches_total{kind="Ingress"} 1',
      'portico_kube_events_total{kind="Ingress",type="change"} 1',
      'portico_kube_events_total{kind="Ingress",type="bookmark"} 1',
      'portico_kube_restarts_total{kind="Ingress",reason="expired"} 1',
      'portico_kube_last_seen_age_seconds{kind="Ingress"} 1.5',
    ]),
  );
});

test('plans and publications are counted in seconds', async () => {
  metrics.planned(250);
  metrics.published('live', 500);
  metrics.published('refused', 100);
  expect(await lines()).toEqual(
    expect.arrayContaining([
      'portico_plan_seconds_sum 0.25',
      'portico_plan_seconds_count 1',
      'portico_publication_seconds_sum{outcome="live"} 0.5',
      'portico_publication_seconds_count{outcome="refused"} 1',
    ]),
  );
});

test('problems are those of now', async () => {
  metrics.problems(['InvalidAnnotation', 'InvalidAnnotation', 'SecretNotFound']);
  metrics.problems(['InvalidAnnotation']);
  expect((await lines()).filter((line) => line.startsWith('portico_problems'))).toEqual([
    'portico_problems{code="InvalidAnnotation"} 1',
  ]);
});

test('the process is measured as everywhere', async () => {
  expect(await metrics.text()).toMatch(/^process_resident_memory_bytes \d+$/m);
});
