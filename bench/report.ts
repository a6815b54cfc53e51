import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Comparison } from './cost.ts';
import type { Spread } from './statistics.ts';

/** Memory in MB: resident of each process, and of NGINX together with shared pages counted once. */
export interface Memory {
  readonly controller: number;
  readonly agent: number;
  readonly nginxMaster: number;
  readonly nginxWorkers: readonly number[];
  readonly nginxShared: number;
}

/** What was measured in a cluster with so many other Ingresses; times in seconds. */
export interface Measured {
  readonly others: number;
  readonly start: number;
  readonly add: Spread;
  readonly move: Spread;
  readonly cost: Comparison;
  readonly memoryAtStart: Memory;
  readonly memoryAtEnd: Memory;
}

const machine = async (): Promise<object> => {
  const nginx = await execa(process.env['NGINX_BINARY'] ?? 'nginx', ['-v'], { reject: false });
  const commit = await execa('git', ['describe', '--always', '--dirty'], { reject: false });
  return {
    processors: cpus().length,
    model: cpus()[0]?.model,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    kernel: (await readFile('/proc/version', 'utf8')).split(' ')[2],
    node: process.version,
    nginx: nginx.stderr.trim(),
    commit: commit.stdout,
  };
};

const seconds = ({ median, max }: Spread): string => `${median.toFixed(2)} s (${max.toFixed(2)} s)`;
const megabytes = (value: number): string => `${value.toFixed(0)} MB`;

const ROWS: readonly (readonly [string, (measured: Measured) => string])[] = [
  ['start → first 200', ({ start }) => `${start.toFixed(1)} s`],
  ['add an Ingress → first 200', ({ add }) => seconds(add)],
  ['endpoint change → traffic moved', ({ move }) => seconds(move)],
  ['CPU per request, Portico', ({ cost }) => `${cost.portico.microseconds.median.toFixed(1)} µs`],
  ['CPU per request, baseline', ({ cost }) => `${cost.baseline.microseconds.median.toFixed(1)} µs`],
  ['CPU per request, ratio', ({ cost }) => `${cost.processorRatio.median.toFixed(2)} ×`],
  ['requests per second, ratio', ({ cost }) => `${cost.requestsRatio.median.toFixed(2)} ×`],
  [
    'controller, at the start and the end',
    ({ memoryAtStart: a, memoryAtEnd: b }) => `${megabytes(a.controller)}, ${megabytes(b.controller)}`,
  ],
  [
    'agent, at the start and the end',
    ({ memoryAtStart: a, memoryAtEnd: b }) => `${megabytes(a.agent)}, ${megabytes(b.agent)}`,
  ],
  ['NGINX, one worker', ({ memoryAtEnd }) => megabytes(Math.max(...memoryAtEnd.nginxWorkers))],
  ['NGINX, all processes, shared pages once', ({ memoryAtEnd }) => megabytes(memoryAtEnd.nginxShared)],
];

const tableOf = (results: readonly Measured[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const head = ['other Ingresses', ...results.map(({ others }) => others.toLocaleString('en'))];
  const body = ROWS.map(([name, cell]) => line([name, ...results.map(cell)]));
  return [line(head), line(head.map(() => '---')), ...body, ''].join('\n');
};

/** Prints the table, and keeps it beside all single measurements as `DATE.md` and `DATE.json`. */
export const writeReport = async (results: readonly Measured[], folder: string): Promise<void> => {
  const about = await machine();
  const table = tableOf(results);
  const name = new Date().toISOString().slice(0, 10);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify({ machine: about, results }, undefined, 2)}\n`);
  const facts = Object.entries(about).map(([fact, value]) => `- ${fact}: ${String(value)}`);
  await writeFile(join(folder, `${name}.md`), [`# ${name}`, '', ...facts, '', table].join('\n'));
  console.log(`${facts.join('\n')}\n\n${table}`);
};
