import { vi } from 'vitest';
import { plan, type Plan } from '../../src/plan/plan.ts';
import type { Layout } from '../../src/protocol/layout.ts';
import { freePort } from './free-port.ts';
import type { GoldenCase } from './golden-cases.ts';
import { testOptions } from './plan-options.ts';
import { ask, type ReplayOutcome, type ReplayPorts } from './replay-client.ts';
import { startCluster, type ReplayCluster } from './replay-cluster.ts';
import { objectionsTo, withLayout, withNginx } from './replay-nginx.ts';
import type { ReplayRequest } from './replay-requests.ts';

/**
 * What NGINX objects to or warns of in the configuration of a case, as a cluster would get it, but for the ports: a
 * test binds what it reads of, and only root may bind 80 and 443.
 */
export const objectionsToCase = ({ flags, state, options: { capabilities } }: GoldenCase): Promise<readonly string[]> =>
  withLayout(async (layout) => {
    const ports = { httpPort: await freePort(), httpsPort: await freePort() };
    const facts = { layout, capabilities, accessLog: `${layout.run.root}/access.log` };
    const options = testOptions({ ...flags, ...ports }, facts);
    return objectionsTo(layout, plan(state, options), state);
  });

/** The case on free ports, with addresses in the configuration; clients see the ports that the flags name. */
const replayedPlan = (
  golden: GoldenCase,
  layout: Layout,
  ports: ReplayPorts,
): ((state: GoldenCase['state']) => Plan) => {
  const { capabilities } = golden.options;
  const { publicHttp, publicHttps } = golden.options.ports;
  const flags = {
    ...golden.flags,
    httpPort: ports.http,
    httpsPort: ports.https,
    publicHttpPort: publicHttp,
    publicHttpsPort: publicHttps,
    endpoints: 'reload',
  } as const;
  const options = testOptions(flags, { layout, capabilities, accessLog: 'off' });
  return (state) => plan(state, options);
};

/** Copies may come after the answer: it waits for as many as are expected. */
const askAndWait = async (
  request: ReplayRequest,
  { received }: Pick<ReplayCluster, 'received'>,
  ports: ReplayPorts,
): Promise<ReplayOutcome> => {
  const before = received.length;
  const answer = await ask(request, ports);
  const pod = answer.headers['x-echo-pod'];
  const copies = (): ReplayCluster['received'] => received.slice(before).filter(({ name }) => name !== pod);
  const expected = request.expect.copies?.length ?? 0;
  await vi.waitUntil(() => copies().length >= expected, { timeout: 5_000 });
  return { ...answer, copies: copies().toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
};

/** Runs NGINX with a case in front of echo backends; calls `use` for each request with what came back. */
export const replay = async (
  golden: GoldenCase,
  requests: readonly ReplayRequest[],
  { network, use }: { readonly network: number; readonly use: (request: ReplayRequest, answer: ReplayOutcome) => void },
): Promise<void> => {
  const cluster = await startCluster(golden.state, plan(golden.state, golden.options), network);
  try {
    await withLayout(async (layout) => {
      const ports = { http: await freePort(), https: await freePort() };
      const objections = await objectionsTo(layout, replayedPlan(golden, layout, ports)(cluster.state), cluster.state);
      if (objections.length > 0) throw new Error(objections.join('\n'));
      await withNginx(layout, async () => {
        for (const request of requests) use(request, await askAndWait(request, cluster, ports));
      });
    });
  } finally {
    await cluster.close();
  }
};
