import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Renderer } from '../plan/options.ts';
import { sampleConfig } from '../render/sample.ts';
import { watchTemplates, type Templates } from './template-watch.ts';

const events = (connections: number): string => `events {\n    worker_connections ${connections};\n}\n`;

let folder: string;
let ending: AbortController;
let errors: string[];
let news: PromiseWithResolvers<void>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-templates-'));
  ending = new AbortController();
  [errors, news] = [[], Promise.withResolvers<void>()];
});

afterEach(() => {
  ending.abort();
  rmSync(folder, { recursive: true });
});

/** As the kubelet fills a volume: a new folder, then a link to it in place of the former. */
const project = (version: string, text: string): void => {
  mkdirSync(join(folder, `..${version}`));
  writeFileSync(join(folder, `..${version}/events.hbs`), text);
  symlinkSync(`..${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
};

const open = (): Templates => {
  const error = (_: string, fields?: Readonly<Record<string, unknown>>): void => {
    errors.push(String(fields?.['error']));
    news.resolve();
  };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error };
  return watchTemplates({ templates: folder }, { log, signal: ending.signal, onChange: () => news.resolve() });
};

const connections = (render: Renderer): string | undefined =>
  /worker_connections \d+/.exec(render(sampleConfig())[0]?.text ?? '')?.[0];

test('a changed volume is an offer, which is in force when it is adopted', async () => {
  project('1', events(1));
  symlinkSync('..data/events.hbs', join(folder, 'events.hbs'));
  const templates = open();
  expect(connections(templates.inForce())).toBe('worker_connections 1');
  expect(templates.offered()).toBeUndefined();
  project('2', events(2));
  await news.promise;
  expect(connections(templates.inForce())).toBe('worker_connections 1');
  const offer = templates.offered();
  if (offer === undefined) throw new Error('nothing is offered');
  expect(connections(offer)).toBe('worker_connections 2');
  templates.adopt(offer);
  expect(connections(templates.inForce())).toBe('worker_connections 2');
  expect(templates.offered()).toBeUndefined();
  news = Promise.withResolvers();
  project('3', events(3));
  await news.promise;
  expect(templates.offered()).toBeDefined();
});

test('an offer that is refused is told, and those in force stay', async () => {
  writeFileSync(join(folder, 'events.hbs'), events(1));
  const templates = open();
  writeFileSync(join(folder, 'events.hbs'), events(2));
  await news.promise;
  const offer = templates.offered();
  if (offer === undefined) throw new Error('nothing is offered');
  templates.refuse(offer, 'NGINX does not want it');
  expect(errors).toEqual(['NGINX does not want it']);
  expect(templates.offered()).toBeUndefined();
  expect(connections(templates.inForce())).toBe('worker_connections 1');
});

test.each([
  ['breaks the law', 'events.hbs', '{{{installation.pid}}}', /triple-stash/],
  ['replaces nothing', 'evnets.hbs', events(2), /replaces nothing/],
])('a change that %s is refused at once', async (_, name, text, message) => {
  writeFileSync(join(folder, 'events.hbs'), events(1));
  const templates = open();
  writeFileSync(join(folder, name), text);
  await news.promise;
  expect(errors).toEqual([expect.stringMatching(message)]);
  expect(templates.offered()).toBeUndefined();
});
