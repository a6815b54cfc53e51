import { mkdir } from 'node:fs/promises';
import { Fault } from '../problems/fault.ts';
import type { Layout } from '../protocol/layout.ts';
import type { Desired } from '../protocol/messages.ts';
import { replaceFile } from './atomic-file.ts';
import { bootstrapConfig } from './bootstrap.ts';
import { DesiredFollower, type Wanted } from './desired-follower.ts';
import { writeBootstrap } from './generation-folders.ts';
import { Generations } from './generations.ts';
import { writeLocalConfig } from './local-config.ts';
import type { Logger } from './logger.ts';
import { inspectMachine, type Machine } from './machine.ts';
import { readMemory, writeMemory } from './memory.ts';
import { NameService } from './name-service.ts';
import { inspectNginx, type OptionalModules } from './nginx-binary.ts';
import { Publisher } from './publisher.ts';
import { StatusReport } from './status-report.ts';
import { isBrokenWorld } from './world.ts';

/** What the agent is told at its start. */
export interface AgentOptions {
  readonly layout: Layout;
  readonly nginxBinary: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Where kubelet asks for health; absent for nowhere. */
  readonly statusPort?: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** One for each socket of NGINX (`resolver` entries): all names are asked at once after a reload. */
const DNS_PORTS = 64;
const RETRY_MS = 5_000;
const SWEEP_EVERY_MS = 1_000;

/**
 * The NGINX container's half: brings to life what the controller desires and answers NGINX's DNS questions, until the
 * signal. It neither starts nor stops NGINX; a supervisor does, as soon as `current` leads to a configuration.
 */
export const runAgent = async (options: AgentOptions): Promise<void> => {
  const ended = new AbortController();
  const { layout, nginxBinary, log } = options;
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const machine = await inspectMachine();
  const { version, modules, load, ruleSet } = await inspectNginx(nginxBinary);
  const nginx = { version, modules, ipv6: machine.ipv6 };
  await makeFolders(layout);
  const names = new NameService();
  const report = new StatusReport(layout.report, { nginx, log });
  const follower = new DesiredFollower({ layout, names, report, log, signal });
  try {
    await follower.look();
    const { generations, localChanged } = await prepare(options, { machine, load, ruleSet, names });
    const publisher = new Publisher({ layout, nginxBinary, generations, names, log, signal });
    const work = async (): Promise<void> => {
      await publisher.recover(localChanged);
      const ready = once(() => replaceFile(layout.run.ready, ''));
      await report.update(generations.confirmed === undefined ? {} : { live: generations.confirmed });
      if (generations.confirmed !== undefined) await ready();
      await publishNewest({ follower, publisher, generations, report, ready, log, signal });
    };
    await Promise.all([follower.follow(), work()]);
  } finally {
    ended.abort();
    await names.close();
  }
};

/** Only the first call has an effect: the supervisor takes readiness away when the end begins, and that stays. */
const once = (act: () => Promise<void>): (() => Promise<void>) => {
  let first: Promise<void> | undefined;
  return () => (first ??= act());
};

const makeFolders = async ({ run, report }: Layout): Promise<void> => {
  for (const folder of [run.root, run.generations, run.temp, report.root]) {
    await mkdir(folder, { recursive: true, mode: 0o750 }).catch((error: unknown) => {
      throw new Fault('folder-not-writable', `cannot create ${folder}`, { cause: error });
    });
  }
};

interface Prerequisites {
  readonly machine: Machine;
  readonly load: OptionalModules;
  readonly ruleSet: readonly string[];
  readonly names: NameService;
}

/** Everything that a configuration includes is written before NGINX may start. */
const prepare = async (options: AgentOptions, { machine, load, ruleSet, names }: Prerequisites) => {
  const { run } = options.layout;
  const before = await readMemory(run);
  const ports = await names.open(before.ports, DNS_PORTS);
  const memory = { ...before, ports };
  await writeMemory(run, memory);
  const { httpPort, httpsPort, statusPort } = options;
  const localChanged = await writeLocalConfig(run, { machine, load, ruleSet, ports, statusPort });
  const bootstrapChanged = await writeBootstrap(run, bootstrapConfig({ run, httpPort, httpsPort, ipv6: machine.ipv6 }));
  await replaceFile(run.answering, '');
  const generations = new Generations({ run, names }, memory);
  return { generations, localChanged: localChanged || (bootstrapChanged && generations.confirmed === undefined) };
};

interface Work {
  readonly follower: DesiredFollower;
  readonly publisher: Publisher;
  readonly generations: Generations;
  readonly report: StatusReport;
  readonly ready: () => Promise<void>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** One thing at a time: publish what is newest, else look after the generations of before. */
const publishNewest = async (parts: Work): Promise<void> => {
  const { follower, signal } = parts;
  let trouble: string | undefined;
  let retry: { readonly wanted: Wanted; readonly at: number } | undefined;
  while (!signal.aborted) {
    const due = retry !== undefined && performance.now() >= retry.at ? retry.wanted : undefined;
    const wanted = (await follower.wanted.take(signal, due === undefined ? SWEEP_EVERY_MS : 0)) ?? due;
    if (signal.aborted) return;
    if (wanted !== undefined) {
      const tried = await attempt(wanted, parts);
      retry = tried ? undefined : { wanted, at: performance.now() + RETRY_MS };
    }
    trouble = await lookAfter(parts, trouble);
  }
};

/**
 * Returns why something cannot be written or removed now, to be tried again a second later, and logs what is new of it;
 * endpoints are answered all the same.
 */
const lookAfter = async ({ generations, report, log }: Work, told: string | undefined): Promise<string | undefined> => {
  try {
    await report.update({ generations: await generations.sweep() });
    return undefined;
  } catch (error) {
    if (!isBrokenWorld(error)) throw error;
    if (error.message !== told) log.error('generations of before cannot be looked after', { error: error.message });
    return error.message;
  }
};

/** Says whether there is a verdict; without one the same is tried again later. */
const attempt = async (wanted: Wanted, parts: Work): Promise<boolean> => {
  const { report, log, signal } = parts;
  if ('error' in wanted) {
    log.error('what is desired cannot be read', { error: wanted.error });
    await report.update({ phase: 'failed', errors: [{ text: wanted.error }] });
    return true;
  }
  try {
    await publish(wanted.desired, parts);
    return true;
  } catch (error) {
    if (!isBrokenWorld(error)) throw error;
    if (signal.aborted) return true;
    log.error('generation could not be tried', { digest: wanted.desired.digest, error: error.message });
    await report.update({ phase: 'failed', errors: [{ text: error.message }] });
    return false;
  }
};

const publish = async ({ digest, attempt: number }: Desired, parts: Work): Promise<void> => {
  const { publisher, generations, report, ready, log } = parts;
  if (digest === generations.confirmed) {
    await report.update({ phase: 'live', digest, attempt: number, errors: [], live: digest });
    return;
  }
  await report.update({ phase: 'testing', digest, attempt: number, errors: [] });
  const errors = await publisher.publish(digest, () => report.update({ phase: 'loading' }));
  if (errors.length === 0) {
    await report.update({ phase: 'live', live: digest, generations: await generations.sweep() });
    await ready();
    return;
  }
  log.warn('generation is refused', { digest, errors });
  await report.update({ phase: 'refused', errors });
};
