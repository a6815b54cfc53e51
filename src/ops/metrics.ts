import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted, in words of this program; the names and labels of the metrics are an affair of this file. */
export interface Metrics {
  /** Everything, in the text format of Prometheus. */
  text(): Promise<string>;
  listed(kind: string): void;
  watched(kind: string): void;
  heard(kind: string, what: 'change' | 'bookmark'): void;
  interrupted(kind: string, reason: string): void;
  planned(milliseconds: number): void;
  published(outcome: string, milliseconds: number): void;
  /** The codes of all problems that there are now. */
  problems(codes: readonly string[]): void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const countsOf = (values: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

const readingMetrics = (registers: Registry[], now: () => number) => {
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name: `portico_kube_${name}`, help, labelNames, registers });
  const lists = counter('lists_total', 'Complete listings.', 'kind');
  const watches = counter('watches_total', 'Watches that began.', 'kind');
  const events = counter('events_total', 'Events of watches.', 'kind', 'type');
  const restarts = counter('restarts_total', 'Times that reading broke off and started again.', 'kind', 'reason');
  const seen = new Map<string, number>();
  const see = (kind: string): void => void seen.set(kind, now());
  const age = new Gauge({
    name: 'portico_kube_last_seen_age_seconds',
    help: 'Time since the API server last sent anything of this kind; a bookmark comes about once a minute.',
    labelNames: ['kind'],
    registers,
    collect: () => seen.forEach((at, kind) => age.set({ kind }, (now() - at) / 1000)),
  });
  return {
    listed: (kind: string) => (see(kind), lists.inc({ kind })),
    watched: (kind: string) => (see(kind), watches.inc({ kind })),
    heard: (kind: string, type: 'change' | 'bookmark') => (see(kind), events.inc({ kind, type })),
    interrupted: (kind: string, reason: string) => restarts.inc({ kind, reason }),
  };
};

const planMetrics = (registers: Registry[]) => {
  const plans = new Histogram({
    name: 'portico_plan_seconds',
    help: 'Time to plan the whole configuration.',
    buckets: SECONDS,
    registers,
  });
  const publications = new Histogram({
    name: 'portico_publication_seconds',
    help: 'Time until NGINX served or refused a generation.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });
  const problems = new Gauge({ name: 'portico_problems', help: 'Problems now.', labelNames: ['code'], registers });
  return {
    planned: (milliseconds: number) => plans.observe(milliseconds / 1000),
    published: (outcome: string, milliseconds: number) => publications.observe({ outcome }, milliseconds / 1000),
    problems(codes: readonly string[]) {
      problems.reset();
      for (const [code, count] of countsOf(codes)) problems.set({ code }, count);
    },
  };
};

/** Metrics of this process and of what it counts; `now` is a clock in milliseconds that never goes back. */
export const createMetrics = (now: () => number): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return { text: () => registry.metrics(), ...readingMetrics([registry], now), ...planMetrics([registry]) };
};
