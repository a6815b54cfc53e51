import { setTimeout as pause } from 'node:timers/promises';
import type { ApiWriter } from '../test/support/api-writer.ts';
import { ask, askUntil } from './client.ts';
import { hostOf, ingressOf, podAddress, serviceOf, sliceOf } from './site.ts';
import { spreadOf, type Spread } from './statistics.ts';

const TIMES = 20;
const LIMIT_MS = 60_000;
/** Nothing of one measurement is to be under way in the next. */
const REST_MS = 1_500;
/** Traffic has moved when nobody went to the old Pod for so long. */
const QUIET_MS = 2_000;
/** Pods that no other site has. */
const OLD_POD = podAddress(9_990);
const NEW_POD = podAddress(9_991);

/** Where Portico is asked, and where the cluster is written. */
export interface Subject {
  readonly api: ApiWriter;
  readonly httpPort: number;
}

const repeated = async (measure: (round: number) => Promise<number>): Promise<Spread> => {
  const values: number[] = [];
  for (let round = 0; round < TIMES; round += 1) {
    values.push(await measure(round));
    await pause(REST_MS);
  }
  return spreadOf(values);
};

/** Seconds from the request that creates an Ingress to the first 200 of its host; the Ingress is new each time. */
export const timeToFirstAnswer = ({ api, httpPort }: Subject): Promise<Spread> =>
  repeated(async (round) => {
    const name = `added-${round}`;
    await api.putAll([serviceOf(name), sliceOf(name, OLD_POD)]);
    await pause(REST_MS);
    const begun = performance.now();
    const answered = askUntil(() => ask(httpPort, hostOf(name)), {
      fits: ({ status }) => status === 200,
      limitMs: LIMIT_MS,
    });
    await Promise.all([api.put(ingressOf(name)), answered]);
    const seconds = (performance.now() - begun) / 1_000;
    for (const object of [ingressOf(name), sliceOf(name, OLD_POD), serviceOf(name)]) await api.remove(object);
    return seconds;
  });

/** Seconds from the request that changes the address of a Pod to the last request that still went to the old one. */
export const timeToMove = async ({ api, httpPort }: Subject): Promise<Spread> => {
  const name = 'moving';
  const host = hostOf(name);
  await api.putAll([serviceOf(name), sliceOf(name, OLD_POD), ingressOf(name)]);
  const from = (pod: string): Promise<void> =>
    askUntil(() => ask(httpPort, host), { fits: (answer) => answer.pod === pod, limitMs: LIMIT_MS });
  await from(OLD_POD);
  const spread = await repeated(async (round) => {
    const [old, next] = round % 2 === 0 ? [OLD_POD, NEW_POD] : [NEW_POD, OLD_POD];
    const begun = performance.now();
    let last = begun;
    const once = async () => {
      const at = performance.now();
      const answer = await ask(httpPort, host);
      if (answer.pod === old) last = at;
      if (answer.status !== 200) throw new Error(`${host} answered ${answer.status} while its Pod changed`);
      return answer;
    };
    const moved = askUntil(once, {
      fits: ({ pod }) => pod === next && performance.now() - last > QUIET_MS,
      limitMs: LIMIT_MS,
    });
    await Promise.all([api.put(sliceOf(name, next)), moved]);
    return (last - begun) / 1_000;
  });
  for (const object of [ingressOf(name), sliceOf(name, OLD_POD), serviceOf(name)]) await api.remove(object);
  return spread;
};
