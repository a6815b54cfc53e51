import type { LoopPorts, Planned, Planner, Publisher, Reporter } from '../controller/ports.ts';
import { systemClock } from '../ops/clock.ts';
import type { Metrics } from '../ops/metrics.ts';

const { now } = systemClock;

/** The planner, its plans timed. */
const measuredPlanner = <P extends Planned>(planner: Planner<P>, metrics: Metrics): Planner<P> => ({
  ...planner,
  plan(state, choice) {
    const begun = now();
    const planned = planner.plan(state, choice);
    metrics.planned(now() - begun);
    return planned;
  },
});

/** The publisher, its publications timed and counted by outcome; one that broke off counts as failed. */
const measuredPublisher = (publisher: Publisher, metrics: Metrics): Publisher => ({
  hello: () => publisher.hello(),
  publishTable: (table) => publisher.publishTable(table),
  living: () => publisher.living(),
  onCapabilities: (listener) => publisher.onCapabilities(listener),
  onLost: (listener) => publisher.onLost(listener),
  async publish(generation, workerFiles, table) {
    const begun = now();
    let kind = 'failed';
    try {
      const outcome = await publisher.publish(generation, workerFiles, table);
      ({ kind } = outcome);
      return outcome;
    } finally {
      metrics.published(kind, now() - begun);
    }
  },
});

/** The reporter, which also says how many problems of each code there are. */
const measuredReporter = (reporter: Reporter, metrics: Metrics): Reporter => ({
  ...reporter,
  problems(all) {
    metrics.problems(all.map(({ code }) => code));
    reporter.problems(all);
  },
});

/** The same ports, and what passes through them is counted. */
export const measured = <P extends Planned>(
  { planner, publisher, reporter }: Pick<LoopPorts<P>, 'planner' | 'publisher' | 'reporter'>,
  metrics: Metrics,
): Pick<LoopPorts<P>, 'planner' | 'publisher' | 'reporter'> => ({
  planner: measuredPlanner(planner, metrics),
  publisher: measuredPublisher(publisher, metrics),
  reporter: measuredReporter(reporter, metrics),
});
