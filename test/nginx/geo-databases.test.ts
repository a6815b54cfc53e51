import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GeoDatabases } from '../../src/agent/geo-databases.ts';
import { inspectMachine } from '../../src/agent/machine.ts';
import { inspectNginx } from '../../src/agent/nginx-binary.ts';
import { layoutIn } from '../../src/protocol/layout.ts';
import { sampleDatabase } from '../support/geo-database.ts';

const binary = process.env['NGINX_BINARY'] ?? 'nginx';
const { load } = await inspectNginx(binary);
const machine = await inspectMachine();
const COUNTRY = 'GeoLite2-Country.mmdb';
const good = sampleDatabase(COUNTRY);
/** Other bytes: what stands behind the metadata is not read. */
const other = Buffer.concat([good, Buffer.from('2')]);
let root = '';
let told: string[] = [];

const open = (modules = load): GeoDatabases => {
  const tell = (message: string, fields: object = {}): void => void told.push(`${message} ${JSON.stringify(fields)}`);
  return new GeoDatabases({
    folder: join(root, 'mounted'),
    run: layoutIn(root).run,
    binary,
    load: modules,
    machine,
    log: { info: tell, warn: tell, error: tell },
    signal: new AbortController().signal,
  });
};

const mount = (content: string | Uint8Array, file = COUNTRY): Promise<void> =>
  writeFile(join(root, 'mounted', file), content);

/** What NGINX reads. */
const read = (file = COUNTRY): Promise<Buffer> => readFile(join(layoutIn(root).run.databases, file));

beforeEach(async () => {
  told = [];
  root = await mkdtemp(join(tmpdir(), 'portico-databases-'));
  await mkdir(join(root, 'mounted'));
  await mkdir(layoutIn(root).run.temp, { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

describe.runIf(load.has('http_geoip2_module'))('a database', () => {
  it('is taken where NGINX can read it, and once', async () => {
    const databases = open();
    await mount(good);
    await mount(sampleDatabase('GeoIP2-ISP.mmdb'), 'GeoIP2-ISP.mmdb');
    expect([await databases.look(), await databases.look()]).toEqual([false, false]);
    expect(databases.names).toEqual(['geolite2_country', 'geoip2_isp']);
    expect(await read()).toEqual(good);
    expect(told.length).toBe(2);
  });

  it.each([
    ['empty', ''],
    ['cut off', good.subarray(0, 200)],
    ['something else', 'no database'],
  ])('that is %s is left out and told, once', async (_, content) => {
    const databases = open();
    await mount(content);
    expect([await databases.look(), await databases.look()]).toEqual([false, false]);
    expect(databases.names).toEqual([]);
    expect(told).toEqual([expect.stringMatching(/^NGINX cannot read a database .*GeoLite2-Country.*MMDB_open/)]);
  });

  it('stays as it was where NGINX cannot read the new one', async () => {
    const databases = open();
    await mount(good);
    await databases.look();
    await mount('no database');
    expect(await databases.look()).toBe(false);
    expect(databases.names).toEqual(['geolite2_country']);
    expect(await read()).toEqual(good);
  });

  it('is taken again where its content changed, which NGINX has to read, and the copy of before goes', async () => {
    const databases = open();
    await mount(good);
    await databases.look();
    await mount(other);
    expect(await databases.look()).toBe(true);
    expect(await read()).toEqual(other);
    const copies = (await readdir(layoutIn(root).run.databases)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    expect(copies.length).toBe(1);
  });

  it('is nothing new for the next agent, nor where the same was downloaded again', async () => {
    await mount(good);
    await open().look();
    await rm(join(root, 'mounted', COUNTRY));
    await mount(good);
    const next = open();
    told = [];
    expect(await next.look()).toBe(false);
    expect(next.names).toEqual(['geolite2_country']);
    expect(told).toEqual([]);
  });

  it('stays where its source is gone, because a generation may name it', async () => {
    await mount(good);
    await open().look();
    await rm(join(root, 'mounted'), { recursive: true });
    const next = open();
    await next.look();
    expect(next.names).toEqual(['geolite2_country']);
    expect(await read()).toEqual(good);
  });

  it('that was replaced between two agents is for NGINX to read', async () => {
    await mount(good);
    await open().look();
    await mount(other);
    expect(await open().look()).toBe(true);
  });

  it('that cannot be copied is told of, and the others are taken', async () => {
    await mount(good);
    await mkdir(join(root, 'mounted', 'GeoLite2-City.mmdb'));
    await writeFile(layoutIn(root).run.databases, 'in the way');
    const databases = open();
    expect(await databases.look()).toBe(false);
    expect(told).toEqual([expect.stringMatching(/^a database cannot be taken .*GeoLite2-Country/)]);
  });
});

it('is not looked for where NGINX has no module to read it', async () => {
  const databases = open(new Map());
  await mount('no database');
  expect(await databases.look()).toBe(false);
  expect([databases.names, told]).toEqual([[], []]);
});
