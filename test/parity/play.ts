import { randomBytes } from 'node:crypto';
import type { ApiObject, ApiWriter } from '../support/api-writer.ts';
import { recorded } from './normal.ts';
import type { EchoPods } from './pods.ts';
import {
  idOf,
  type Applied,
  type Case,
  type CaseRequest,
  type RecordedAnswer,
  type RecordedResult,
  type RecordedStep,
  type Step,
  type Summary,
} from './recording.ts';
import { send, type Answer } from './send.ts';
import type { Served } from './served.ts';
import { placed, settingsObject } from './world.ts';

/** Everything that a case is played in. */
export interface Stage {
  readonly api: ApiWriter;
  readonly pods: EchoPods;
  readonly served: Served;
}

type Jar = Map<string, string>;

const keepCookies = (jar: Jar, { headers }: Answer): void => {
  for (const [name, value] of headers) {
    const [, key, text] = /^([^=;]+)=([^;]*)/.exec(name.toLowerCase() === 'set-cookie' ? value : '') ?? [];
    if (key !== undefined && text !== undefined) jar.set(key, text);
  }
};

const cookieOf = (jar: Jar | undefined): { readonly cookie?: string } =>
  jar === undefined || jar.size === 0 ? {} : { cookie: [...jar].map((pair) => pair.join('=')).join('; ') };

const countBy = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, group]) => [name, group.length]));

const summaryOf = (answers: readonly RecordedAnswer[]): Summary => ({
  count: answers.length,
  statuses: countBy(answers.map(({ status, error }) => String(status ?? error))),
  pods: countBy(answers.map(({ seen = [] }) => seen.map(({ pod }) => pod).join('+') || '-')),
});

/** Plays a case to the end, as the recordings were made; what it applied is gone afterwards. */
export const play = async ({ steps }: Case, stage: Stage): Promise<readonly RecordedStep[]> => {
  const performance = new Performance(stage);
  try {
    const came: RecordedStep[] = [];
    for (const step of steps) came.push(await performance.play(step));
    return came;
  } finally {
    await performance.clear();
  }
};

class Performance {
  readonly #stage: Stage;
  readonly #objects = new Map<string, ApiObject>();
  readonly #jars = new Map<string, Jar>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async play({ config, manifests = [], requests = [] }: Step): Promise<RecordedStep> {
    const { api, served } = this.#stage;
    if (config !== undefined) await api.replace(settingsObject(config));
    const applied: Applied[] = [];
    for (const object of manifests.map(placed)) applied.push(await this.#apply(object));
    await served.untilCurrent();
    const results: RecordedResult[] = [];
    for (const request of requests) results.push(await this.#ask(request));
    return { applied, requests: results };
  }

  /** The last first, so that nothing is left that names what is gone. */
  async clear(): Promise<void> {
    for (const object of [...this.#objects.values()].toReversed()) await this.#stage.api.remove(object);
  }

  async #apply(object: ApiObject): Promise<Applied> {
    const refusal = await this.#stage.api.replace(object);
    const name = `${object.kind}/${object.metadata.name}`;
    if (refusal === undefined) this.#objects.set(`${object.metadata.namespace}/${name}`, object);
    return { object: name, status: refusal ?? 'ok' };
  }

  async #ask(request: CaseRequest): Promise<RecordedResult> {
    const answers: RecordedAnswer[] = [];
    for (let count = 0; count < (request.repeat ?? 1); count += 1) answers.push(await this.#askOnce(request));
    const [first = {}] = answers;
    const id = idOf(request);
    if (request.summarize !== true) return { id, responses: answers };
    return { id, summary: summaryOf(answers), first, isSticky: request.jar !== undefined };
  }

  async #askOnce(request: CaseRequest): Promise<RecordedAnswer> {
    const jar = request.jar === undefined ? undefined : this.#jarOf(request.jar);
    const id = `kube-probe-${randomBytes(8).toString('hex')}`;
    const begun = performance.now();
    const answer = await send({ request, id, ...cookieOf(jar) });
    const took = performance.now() - begun;
    if (jar !== undefined) keepCookies(jar, answer);
    const seen = await this.#stage.pods.take(id, request.settle);
    const { recordMs } = request;
    return {
      ...recorded(answer, seen),
      ...(recordMs === undefined ? {} : { msBucket: took > recordMs ? ('slow' as const) : ('fast' as const) }),
    };
  }

  #jarOf(name: string): Jar {
    const jar = this.#jars.get(name) ?? new Map<string, string>();
    this.#jars.set(name, jar);
    return jar;
  }
}
