import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeStatus, parseDesired, parseShard } from '../protocol/codec.ts';
import type { Generation, RuntimeTable, WorkerFile } from '../protocol/generation.ts';
import { layoutIn, PROTOCOL_VERSION, type Layout } from '../protocol/layout.ts';
import type { Desired, NameAnswer, Status } from '../protocol/messages.ts';
import { sha256 } from '../values/digest.ts';
import { Redacted } from '../values/redacted.ts';
import { createPublisher, type AgentPublisher } from './publisher.ts';

let layout: Layout;
let stop: AbortController;
let warnings: string[];

beforeEach(async () => {
  layout = layoutIn(await mkdtemp(`${tmpdir()}/portico-publisher-`));
  await mkdir(layout.report.root);
  stop = new AbortController();
  warnings = [];
});

afterEach(async () => {
  stop.abort();
  await rm(layout.desired.root.replace(/\/desired$/, ''), { recursive: true });
});

const open = (timeLimitMs = 5000): Promise<AgentPublisher> =>
  createPublisher(layout, { signal: stop.signal, warn: (message) => warnings.push(message), timeLimitMs });

const generation = (files: Readonly<Record<string, string>>): Generation => ({
  digest: sha256(JSON.stringify(files)),
  files: Object.entries(files).map(([path, text]) => ({ path, text })),
});

const table = (
  names: Readonly<Record<string, NameAnswer>> = {},
  certificates: RuntimeTable['certificates'] = [],
): RuntimeTable => ({ revision: sha256(JSON.stringify(names)).slice(0, 32), names, certificates });

const desired = async (): Promise<Desired> => {
  const read = parseDesired(await readFile(layout.desired.current, 'utf8'));
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

const base: Status = {
  protocol: PROTOCOL_VERSION,
  phase: 'starting',
  errors: [],
  generations: [],
  nginx: { version: '1.30.6', modules: [], ipv6: false },
};

const say = async (status: Partial<Status>): Promise<void> => {
  const incoming = `${layout.report.status}.new`;
  await writeFile(incoming, encodeStatus({ ...base, ...status }));
  await rename(incoming, layout.report.status);
};

/** The agent's part, as far as the controller sees it: an answer to each new request. */
const answerWith = (answer: (asked: Desired) => Partial<Status>): void => {
  let answered = 0;
  const look = async (): Promise<void> => {
    const asked = await desired().catch(() => undefined);
    if (asked === undefined || asked.attempt === answered) return;
    answered = asked.attempt;
    await say({
      digest: asked.digest,
      attempt: asked.attempt,
      runtimeRevision: asked.runtimeRevision,
      ...answer(asked),
    });
  };
  const timer = setInterval(() => void look(), 5);
  stop.signal.addEventListener('abort', () => clearInterval(timer));
};

const allLive = ({ digest }: Desired): Partial<Status> => ({
  phase: 'live',
  live: digest,
  generations: [{ digest, workers: 2 }],
});

const one = generation({ 'nginx.conf': 'one', 'sites/a.conf': 'a' });
const two = generation({ 'nginx.conf': 'two', 'sites/a.conf': 'a' });
const pem = (text: string) => new Redacted(text);

describe('publishing', () => {
  test('writes the generation, asks for it, and learns that it is live', async () => {
    answerWith(allLive);
    const publisher = await open();
    expect(await publisher.publish(one, [], () => table())).toEqual({ kind: 'live' });
    const folder = `${layout.desired.generations}/${one.digest}`;
    expect(await readFile(`${folder}/sites/a.conf`, 'utf8')).toBe('a');
    expect(await desired()).toMatchObject({ digest: one.digest, attempt: 1 });
  });

  test('learns what NGINX refused, and asks anew when the same generation is published again', async () => {
    const errors = [{ file: 'nginx.conf', line: 3, text: 'unknown directive "x"' }];
    answerWith(({ attempt }) => (attempt === 1 ? { phase: 'refused', errors } : { phase: 'live' }));
    const publisher = await open();
    expect(await publisher.publish(one, [], () => table())).toEqual({ kind: 'refused', errors });
    expect(await publisher.publish(one, [], () => table())).toEqual({ kind: 'live' });
  });

  test('learns that it could not be tried', async () => {
    answerWith(() => ({ phase: 'failed', errors: [{ text: 'NGINX does not run' }] }));
    expect(await (await open()).publish(one, [], () => table())).toEqual({
      kind: 'failed',
      message: 'NGINX does not run',
    });
  });

  test('waits through the phases before', async () => {
    answerWith(() => ({ phase: 'testing' }));
    const publisher = await open();
    const outcome = publisher.publish(one, [], () => table());
    await publisher.hello();
    await say({ phase: 'live', digest: one.digest, attempt: 1, live: one.digest });
    expect(await outcome).toEqual({ kind: 'live' });
  });

  test('is a Fault after the time limit, and does not take an older attempt for an answer', async () => {
    await say({ phase: 'live', digest: one.digest, attempt: 0 });
    const publisher = await open(50);
    await expect(publisher.publish(one, [], () => table())).rejects.toMatchObject({ code: 'publish' });
  });

  test('ends with a Fault when the controller stops', async () => {
    const outcome = (await open()).publish(one, [], () => table());
    stop.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'publish', message: 'the controller stops' });
  });

  test('links a file that did not change, and gives everything the mode that the agent needs', async () => {
    answerWith(allLive);
    const publisher = await open();
    await publisher.publish(one, [], () => table());
    await say({ phase: 'live', live: one.digest, generations: [{ digest: 'unknown', workers: 1 }] });
    await publisher.publish(two, [], () => table());
    const [before, after] = await Promise.all(
      [one, two].map(({ digest }) => stat(`${layout.desired.generations}/${digest}/sites/a.conf`)),
    );
    expect(after?.ino).toBe(before?.ino);
    expect((after?.mode ?? 0) & 0o777).toBe(0o640);
    expect((await stat(`${layout.desired.generations}/${two.digest}/sites`)).mode & 0o777).toBe(0o750);
  });

  test('keeps the set-group-ID bit of a volume, by which agent and controller share files', async () => {
    await mkdir(layout.desired.root);
    await chmod(layout.desired.root, 0o2777);
    await open();
    expect((await stat(layout.desired.root)).mode & 0o7777).toBe(0o2750);
    expect((await stat(layout.desired.certs)).mode & 0o7777).toBe(0o2750);
  });
});

describe('a restarted controller', () => {
  test('finds its generation live and asks for nothing', async () => {
    answerWith(allLive);
    await (await open()).publish(one, [], () => table());
    expect(await (await open()).publish(one, [], () => table())).toEqual({ kind: 'live' });
    expect((await desired()).attempt).toBe(1);
  });

  test('counts on from the attempts of its predecessor and of the agent', async () => {
    await say({ phase: 'refused', digest: one.digest, attempt: 41 });
    answerWith(allLive);
    await (await open()).publish(one, [], () => table());
    expect((await desired()).attempt).toBe(42);
  });

  test('does not follow an attempt that leaves no number to count on', async () => {
    await say({ attempt: Number.MAX_SAFE_INTEGER });
    answerWith(allLive);
    await (await open()).publish(one, [], () => table());
    expect((await desired()).attempt).toBe(1);
  });
});

describe('the runtime table', () => {
  const names = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [
      `p80.u${index}.portico.internal`,
      { ipv4: [`10.0.0.${index}`], ipv6: [] },
    ]),
  );
  const inode = async (name: string): Promise<number> => (await stat(`${layout.desired.endpoints}/${name}`)).ino;

  test('is spread over files of which a change rewrites one', async () => {
    answerWith(allLive);
    const publisher = await open();
    await publisher.publish(one, [], () => table(names));
    const before = new Map(
      await Promise.all((await desired()).shards.map(async (name) => [name, await inode(name)] as const)),
    );
    const changed = { ...names, 'p80.u7.portico.internal': { ipv4: ['10.9.9.9'], ipv6: [] } };
    await publisher.publishTable(table(changed));
    const { attempt, digest, runtimeRevision, shards } = await desired();
    expect([attempt, digest, runtimeRevision]).toEqual([1, one.digest, table(changed).revision]);
    const fresh = shards.filter((name) => !before.has(name));
    expect([shards.length, fresh.length]).toEqual([16, 1]);
    for (const name of shards.filter((name) => before.has(name))) expect(await inode(name)).toBe(before.get(name));
    const read = await Promise.all(
      shards.map(async (name) => parseShard(await readFile(`${layout.desired.endpoints}/${name}`, 'utf8'))),
    );
    expect(Object.assign({}, ...read.map((shard) => (shard.ok ? shard.value.names : {})))).toEqual(changed);
  });

  test('that is fed while a publication begins is not overwritten by an older one', async () => {
    answerWith(allLive);
    const publisher = await open();
    await publisher.publish(one, [], () => table({}));
    let newest = table({});
    const published = publisher.publish(two, [], () => newest);
    newest = table(names);
    await publisher.publishTable(newest);
    await published;
    expect((await desired()).runtimeRevision).toBe(newest.revision);
  });

  test('without a change touches no file', async () => {
    answerWith(allLive);
    const publisher = await open();
    await publisher.publish(one, [], () => table(names));
    const before = (await stat(layout.desired.current)).ino;
    await publisher.publishTable(table(names));
    expect((await stat(layout.desired.current)).ino).toBe(before);
  });

  test('is not published before a generation is asked for', async () => {
    await (await open()).publishTable(table(names));
    expect(await readdir(layout.desired.root)).not.toContain('current.json');
  });
});

describe('certificates', () => {
  const file = (name: string): string => `${layout.desired.certs}/${name}.pem`;
  const secret = sha256('Secret/default/tls').slice(0, 32);
  const fallback = { name: 'default', pem: pem('DEFAULT') };

  test('are replaced when their content changes, and only then', async () => {
    answerWith(allLive);
    const publisher = await open();
    await publisher.publish(one, [], () => table({}, [fallback, { name: secret, pem: pem('A') }]));
    const before = await stat(file('default'));
    expect(before.mode & 0o777).toBe(0o640);
    await publisher.publishTable(
      table({}, [
        { name: 'default', pem: pem('DEFAULT') },
        { name: secret, pem: pem('B') },
      ]),
    );
    expect(await readFile(file(secret), 'utf8')).toBe('B');
    expect((await stat(file('default'))).ino).toBe(before.ino);
  });

  test('are not rewritten by a restarted controller', async () => {
    answerWith(allLive);
    await (await open()).publish(one, [], () => table({}, [fallback]));
    const before = (await stat(file('default'))).ino;
    await (await open()).publishTable(table({}, [fallback]));
    expect((await stat(file('default'))).ino).toBe(before);
  });

  test('of a broken Secret start as the default certificate and then stay as they are', async () => {
    answerWith(allLive);
    const publisher = await open();
    await publisher.publish(one, [], () => table({}, [{ name: secret }, fallback]));
    expect(await readFile(file(secret), 'utf8')).toBe('DEFAULT');
    await publisher.publishTable(table({}, [fallback, { name: secret, pem: pem('A') }]));
    await publisher.publishTable(table({}, [fallback, { name: secret }]));
    expect(await readFile(file(secret), 'utf8')).toBe('A');
  });
});

describe('what nobody needs any more', () => {
  const htpasswd = (text: string): WorkerFile => ({ name: sha256(text), content: pem(text) });
  const using = ({ name }: WorkerFile): Generation =>
    generation({ 'nginx.conf': `auth_basic_user_file "/f/${name}";` });

  test('is removed once no worker runs it, and not before', async () => {
    const [old, fresh] = [htpasswd('old'), htpasswd('fresh')];
    const bothRun = [using(old), using(fresh)].map(({ digest }) => ({ digest, workers: 1 }));
    answerWith((asked) => ({ ...allLive(asked), generations: bothRun }));
    const publisher = await open();
    await publisher.publish(using(old), [old], () => table());
    await publisher.publish(using(fresh), [fresh], () => table());
    await publisher.publishTable(table());
    expect((await readdir(layout.desired.files)).toSorted()).toEqual([old.name, fresh.name].toSorted());
    const asked = await desired();
    await say({ ...allLive(asked), digest: asked.digest, attempt: asked.attempt });
    await expect.poll(() => readdir(layout.desired.files)).toEqual([fresh.name]);
    expect(await readdir(layout.desired.generations)).toEqual([using(fresh).digest]);
  });

  test('stays while the agent does not know what its workers run', async () => {
    answerWith((asked) => ({ ...allLive(asked), generations: [{ digest: 'unknown', workers: 1 }] }));
    const publisher = await open();
    await publisher.publish(one, [], () => table());
    await publisher.publish(two, [], () => table());
    await publisher.publishTable(table());
    expect((await readdir(layout.desired.generations)).toSorted()).toEqual([one.digest, two.digest].toSorted());
  });
});

test('endpoint files of the table before stay, because the agent may be reading them', async () => {
  answerWith(allLive);
  const publisher = await open();
  await publisher.publish(one, [], () => table());
  const written: string[][] = [];
  for (const ipv4 of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
    await publisher.publishTable(table({ 'p1.u.portico.internal': { ipv4: [ipv4], ipv6: [] } }));
    written.push([...(await desired()).shards]);
  }
  await say({ ...allLive(await desired()), digest: one.digest, attempt: 1, generations: [] });
  await expect.poll(() => readdir(layout.desired.endpoints)).not.toContain(written[0]?.[0]);
  expect((await readdir(layout.desired.endpoints)).toSorted()).toEqual(written.slice(1).flat().toSorted());
});

test('a generation that NGINX no longer runs is reported lost', async () => {
  answerWith(allLive);
  const publisher = await open();
  const lost = Promise.withResolvers<string>();
  publisher.onLost(() => lost.resolve('lost'));
  await publisher.publish(one, [], () => table());
  await say({ phase: 'refused', digest: one.digest, attempt: 1, live: two.digest });
  expect(await lost.promise).toBe('lost');
});

test('what NGINX can do is told when it changes', async () => {
  const publisher = await open();
  const told: unknown[] = [];
  publisher.onCapabilities((now) => told.push(now.modules));
  await say({});
  await publisher.hello();
  await say({ phase: 'testing' });
  await say({ nginx: { ...base.nginx, modules: ['geolite2_city'] } });
  await expect.poll(() => told).toEqual([['geolite2_city']]);
});

test('a folder that cannot be written is a Fault at the start', async () => {
  await writeFile(layout.desired.root, 'a file');
  await expect(open()).rejects.toMatchObject({ code: 'folder-not-writable' });
});

describe('a hostile status', () => {
  test.each([
    [
      'a link to another file',
      async () => {
        await say({ digest: one.digest, attempt: 1, phase: 'live' });
        await rename(layout.report.status, `${layout.report.root}/elsewhere`);
        await symlink(`${layout.report.root}/elsewhere`, layout.report.status);
      },
    ],
    ['a folder', () => mkdir(layout.report.status)],
    ['too large', () => writeFile(layout.report.status, `"${'x'.repeat(300 * 1024)}"`)],
    ['no JSON', () => writeFile(layout.report.status, '{')],
    ['of another protocol', () => say({ protocol: 99 })],
    ['with a path for a digest', () => say({ phase: 'live', generations: [{ digest: '../../..', workers: 1 }] })],
  ])('%s is not believed, and said so once', async (_, make) => {
    await make();
    const publisher = await open(50);
    await expect(publisher.publish(one, [], () => table())).rejects.toMatchObject({ code: 'publish' });
    expect(warnings).toHaveLength(1);
  });
});
