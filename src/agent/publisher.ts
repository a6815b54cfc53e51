import { Fault } from '../problems/fault.ts';
import { checkPath } from '../protocol/generation.ts';
import type { Layout } from '../protocol/layout.ts';
import type { NginxError } from '../protocol/messages.ts';
import { uniqueBy } from '../values/unique-by.ts';
import { testConfig } from './config-test.ts';
import { EmergLog } from './emerg-log.ts';
import { toNginxError } from './error-lines.ts';
import { currentGeneration, hasFile, switchTo, takeGeneration } from './generation-folders.ts';
import type { Generations } from './generations.ts';
import type { Logger } from './logger.ts';
import type { NameService } from './name-service.ts';
import { findMaster } from './nginx-master.ts';
import type { Process } from './processes.ts';
import { reload } from './reload.ts';
import { until } from './until.ts';
import { askGeneration } from './verify-socket.ts';
import { isBrokenWorld } from './world.ts';

/** What the publisher works on. */
export interface PublisherOptions {
  readonly layout: Layout;
  readonly nginxBinary: string;
  readonly generations: Generations;
  readonly names: NameService;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** NGINX starts in less; its supervisor tries again and again. */
const MASTER_LIMIT_MS = 10_000;
/** A taken port is refused after 2.5 s; loading takes up to twice as long as the test of the same files did. */
const reloadLimit = (readMs: number): number => 15_000 + 5 * readMs;
const WARM_LIMIT_MS = 10_000;

/** Brings one generation to life; on any failure the one before keeps serving. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** How long NGINX took last to read all files of a generation; unknown until it was tested with all of them once. */
  #readMs: number | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Tests a generation and has NGINX run it; says what NGINX objects to, nothing when it is live. */
  async publish(digest: string, onLoading: () => Promise<void>): Promise<readonly NginxError[]> {
    const { layout, generations, log } = this.#options;
    await takeGeneration(layout, digest);
    await generations.learn(digest);
    const start = performance.now();
    const objections = await this.#test(digest);
    if (objections.length > 0) return objections;
    const testMs = Math.round(performance.now() - start);
    this.#readMs ??= testMs;
    await onLoading();
    const refusal = await this.#load(digest, reloadLimit(Math.max(testMs, this.#readMs)));
    if (refusal.length > 0) return refusal;
    const loadMs = Math.round(performance.now() - start) - testMs;
    this.#readMs = loadMs;
    log.info('generation is live', { digest, testMs, loadMs });
    return [];
  }

  /** After a start: a switch that was never confirmed is tried again, and a changed address of ours is made known. */
  async recover(localChanged: boolean): Promise<void> {
    const { layout, generations, log } = this.#options;
    await generations.learnAll();
    const { run } = layout;
    const current = await currentGeneration(run);
    if (current === undefined || current === generations.fallback) {
      await switchTo(run, generations.fallback);
      return this.#refresh(localChanged);
    }
    log.warn('a switch was never confirmed', { digest: current, confirmed: generations.fallback });
    const objections = await this.publish(current, () => Promise.resolve()).catch(asObjection);
    if (objections.length === 0) return;
    log.warn('going back to the confirmed generation', { objections });
    await switchTo(run, generations.fallback);
  }

  /** Has NGINX load again what it should run, where it runs something else or where included files changed. */
  async #refresh(localChanged: boolean): Promise<void> {
    const { layout, generations, log, signal } = this.#options;
    const master = await findMaster(layout.run);
    if (master === undefined) return;
    const digest = generations.fallback;
    const answered = await askGeneration(layout.run.verifySocket);
    log.info('found NGINX running', { pid: master.pid, generation: answered });
    if (answered === digest && !localChanged) return;
    const { kind } = await reload({ run: layout.run, master, digest, limitMs: reloadLimit(0), signal });
    log.info('had NGINX load its generation again', { digest, verdict: kind });
  }

  /** Where the part that differs from what runs is good, NGINX itself refuses the rest; what is wrong with all of it is said. */
  async #test(digest: string): Promise<readonly NginxError[]> {
    const { layout, nginxBinary, generations, signal } = this.#options;
    const test = { binary: nginxBinary, run: layout.run, digest, signal };
    const file = checkPath(generations.fallback);
    const isPartEnough = this.#readMs !== undefined && (await hasFile(layout.run, digest, file));
    if (isPartEnough && (await testConfig({ ...test, file })).length === 0) return [];
    return testConfig(test);
  }

  async #load(digest: string, limitMs: number): Promise<readonly NginxError[]> {
    const { layout, generations, names, signal } = this.#options;
    const { run } = layout;
    const master = await this.#awaitMaster();
    const giveUp = new AbortController();
    const asked = names.whenAsked(generations.coldNames(digest), AbortSignal.any([giveUp.signal, signal]));
    await switchTo(run, digest);
    const verdict = await reload({ run, master, digest, limitMs, signal });
    if (verdict.kind === 'live') {
      await this.#warmUp(asked, giveUp);
      await generations.confirm(digest);
      return [];
    }
    giveUp.abort();
    // The next agent finds the switch unconfirmed.
    if (signal.aborted) throw new Fault('reload', 'the agent was ended while NGINX was loading');
    await switchTo(run, generations.fallback);
    if (verdict.kind === 'refused') {
      const errors = verdict.lines.map((line) => toNginxError(line, run));
      return uniqueBy(errors, (error) => JSON.stringify(error));
    }
    await this.#refresh(true);
    throw new Fault('reload', `NGINX neither loaded the generation nor refused it within ${limitMs} ms`);
  }

  async #awaitMaster(): Promise<Process> {
    const { layout, signal } = this.#options;
    const emergencies = new EmergLog(layout.run.emergLog);
    await emergencies.skip();
    const patience = { limitMs: MASTER_LIMIT_MS, everyMs: 50, signal };
    const master = await until(() => findMaster(layout.run), patience);
    if (master !== undefined) return master;
    const [why] = await emergencies.lines();
    throw new Fault('reload', why === undefined ? 'NGINX is not running' : `NGINX is not running: ${why.text}`);
  }

  /** An upstream answers 502 until NGINX has asked for its name once. */
  async #warmUp(asked: Promise<ReadonlySet<string>>, giveUp: AbortController): Promise<void> {
    const timer = setTimeout(() => giveUp.abort(), WARM_LIMIT_MS);
    const missing = await asked;
    clearTimeout(timer);
    if (missing.size === 0) return;
    this.#options.log.warn('NGINX did not ask for all endpoints yet', {
      missing: missing.size,
      some: [...missing].slice(0, 5),
    });
  }
}

const asObjection = (error: unknown): readonly NginxError[] => {
  if (!isBrokenWorld(error)) throw error;
  return [{ text: error.message }];
};
