import { execa } from 'execa';
import { processorMicroseconds } from '../test/support/process-figures.ts';
import { spreadOf, type Spread } from './statistics.ts';

const PAIRS = 6;
const SECONDS = 5;
const CONNECTIONS = 32;

/** An NGINX under load. */
export interface Server {
  readonly port: number;
  readonly host: string;
  readonly workers: () => Promise<readonly number[]>;
}

/** What requests cost one NGINX. */
export interface Cost {
  /** Time of the workers on a processor per request. */
  readonly microseconds: Spread;
  readonly requestsPerSecond: Spread;
}

/** What requests cost both in the same minute, and Portico's share of the baseline's. */
export interface Comparison {
  readonly portico: Cost;
  readonly baseline: Cost;
  readonly processorRatio: Spread;
  readonly requestsRatio: Spread;
}

interface Sample {
  readonly microseconds: number;
  readonly requestsPerSecond: number;
}

const load = async (
  { port, host }: Server,
  seconds: number,
): Promise<{ readonly requests: number; readonly perSecond: number }> => {
  const options = ['--threads=1', `--connections=${CONNECTIONS}`, `--duration=${seconds}s`, `--header=Host: ${host}`];
  const { stdout } = await execa('wrk', [...options, `http://127.0.0.1:${port}/`]);
  const wrong = /Socket errors:.*|Non-2xx.*/.exec(stdout);
  if (wrong !== null) throw new Error(`requests to ${host}:${port} failed: ${wrong[0]}`);
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
  };
};

const sample = async (server: Server): Promise<Sample> => {
  const pids = await server.workers();
  const before = await processorMicroseconds(pids);
  const { requests, perSecond } = await load(server, SECONDS);
  const used = (await processorMicroseconds(pids)) - before;
  return { microseconds: used / requests, requestsPerSecond: perSecond };
};

/** Each pair runs in the other order than the one before, so that a slow minute of the machine meets both. */
const samplePair = async (portico: Server, baseline: Server, round: number): Promise<readonly [Sample, Sample]> => {
  if (round % 2 === 0) {
    const first = await sample(portico);
    return [first, await sample(baseline)];
  }
  const first = await sample(baseline);
  return [await sample(portico), first];
};

const costOf = (samples: readonly Sample[]): Cost => ({
  microseconds: spreadOf(samples.map(({ microseconds }) => microseconds)),
  requestsPerSecond: spreadOf(samples.map(({ requestsPerSecond }) => requestsPerSecond)),
});

/** Puts both under the same load by turns. */
export const compareCost = async (portico: Server, baseline: Server): Promise<Comparison> => {
  for (const server of [portico, baseline]) await load(server, 1);
  const pairs: (readonly [Sample, Sample])[] = [];
  for (let round = 0; round < PAIRS; round += 1) pairs.push(await samplePair(portico, baseline, round));
  return {
    portico: costOf(pairs.map(([ours]) => ours)),
    baseline: costOf(pairs.map(([, theirs]) => theirs)),
    processorRatio: spreadOf(pairs.map(([ours, theirs]) => ours.microseconds / theirs.microseconds)),
    requestsRatio: spreadOf(pairs.map(([ours, theirs]) => ours.requestsPerSecond / theirs.requestsPerSecond)),
  };
};
