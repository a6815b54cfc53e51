import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeDesired } from '../../src/protocol/codec.ts';
import { sha256 } from '../../src/values/digest.ts';
import { AgentBed, freePort } from '../support/agent-bed.ts';

let bed: AgentBed;
beforeEach(async () => {
  bed = await AgentBed.open();
  await bed.start();
});
afterEach(() => bed.close());

const saying = (word: string): string => `server { listen PORT; location / { return 200 "${word}"; } }`;

/** A port that NGINX cannot have, which only a reload finds out. */
const takePort = async (): Promise<{ readonly thief: Server; readonly port: number }> => {
  const port = await freePort();
  const thief = createServer().listen(port, '127.0.0.1');
  await once(thief, 'listening');
  return { thief, port };
};

describe('before the first generation', () => {
  it('answers 503, health, and no TLS handshake', async () => {
    expect((await bed.get()).status).toBe(503);
    expect(await bed.get('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    const tls = connectTls({ port: bed.httpsPort, host: '127.0.0.1', servername: 'a.test', rejectUnauthorized: false });
    const [error] = (await once(tls, 'error')) as [Error];
    expect(error.message).toMatch(/unrecognized name/i);
    expect(await bed.status()).toMatchObject({ phase: 'starting', errors: [], nginx: { ipv6: expect.any(Boolean) } });
  });
});

describe('a generation', () => {
  it('is live when every connection gets it', async () => {
    const digest = await bed.ask(saying('one'));
    const status = await bed.verdict();
    expect(status).toMatchObject({ phase: 'live', digest, live: digest, errors: [], runtimeRevision: bed.revision });
    expect(status.nginx).toMatchObject({
      version: expect.stringMatching(/^1\./),
      modules: expect.arrayContaining(['http_v2_module']),
    });
    for (let count = 0; count < 20; count += 1) expect((await bed.get()).body).toBe('one');
    const counted = await bed.statusWhere(({ generations }) => generations.length === 1);
    expect(counted.generations).toEqual([{ digest, workers: (await bed.workerPids()).length }]);
  });

  it('follows another one, of which nothing is left when nobody needs it', async () => {
    const first = await bed.ask(saying('one'));
    await bed.verdict();
    const second = await bed.ask(saying('two'));
    expect(await bed.verdict()).toMatchObject({ phase: 'live', live: second });
    expect((await bed.get()).body).toBe('two');
    await bed.until(
      async () => !(await readdir(bed.layout.run.generations)).includes(first),
      'removal of the first generation',
    );
    expect((await readdir(bed.layout.run.generations)).toSorted()).toEqual([second, 'bootstrap'].toSorted());
  });

  it('stays on this machine while a request of before runs', async () => {
    const first = await bed.ask('server { listen PORT; location / { return 200 "one"; } client_body_timeout 60s; }');
    await bed.verdict();
    const slow = connect({ port: bed.httpPort, host: '127.0.0.1' });
    slow.write('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n');
    await once(slow, 'connect');
    await bed.get();
    const second = await bed.ask(saying('two'));
    await bed.verdict();
    const status = await bed.statusWhere(({ generations }) => generations.length > 0);
    expect(status.generations.map(({ digest }) => digest).toSorted()).toEqual([first, second].toSorted());
    expect(await readdir(bed.layout.run.generations)).toContain(first);
    slow.destroy();
    await bed.until(
      async () => !(await readdir(bed.layout.run.generations)).includes(first),
      'removal of the first generation',
    );
  });

  it('is not loaded again when it is asked for again', async () => {
    await bed.ask(saying('one'));
    await bed.verdict();
    const before = await bed.workerPids();
    await bed.again();
    expect((await bed.verdict()).phase).toBe('live');
    expect(await bed.workerPids()).toEqual(before);
  });

  it('is passed over when a newer one is asked for while NGINX is busy with another', async () => {
    const { thief, port } = await takePort();
    await bed.ask(`server { listen 127.0.0.1:${port}; }`);
    await bed.statusWhere(({ phase }) => phase === 'loading');
    const passedOver = [await bed.ask(saying('two')), await bed.ask(saying('three'))];
    const newest = await bed.ask(saying('four'));
    expect(await bed.verdict()).toMatchObject({ phase: 'live', live: newest });
    thief.close();
    const taken = await readdir(bed.layout.run.generations);
    expect(taken.filter((digest) => passedOver.includes(digest))).toEqual([]);
  });
});

describe('a refused generation', () => {
  let good = '';
  beforeEach(async () => {
    good = await bed.ask(saying('good'));
    await bed.verdict();
  });

  const expectGoodServes = async (): Promise<void> => {
    expect((await bed.get()).body).toBe('good');
    expect(await bed.current()).toBe(good);
  };

  it('is reported with file and line when the test refuses it', async () => {
    const digest = await bed.ask('\nserver { listen PORT; nonsense on; }');
    const status = await bed.verdict();
    expect(status).toMatchObject({ phase: 'refused', digest, live: good });
    expect(status.errors).toEqual([{ file: 'nginx.conf', line: 15, text: 'unknown directive "nonsense"' }]);
    await expectGoodServes();
  });

  it('is one that NGINX only warns about, unless the warning is harmless', async () => {
    await bed.ask('server { listen PORT; server_name a.test; } server { listen PORT; server_name a.test; }');
    const { phase, errors } = await bed.verdict();
    expect({ phase, errors }).toEqual({
      phase: 'refused',
      errors: [{ text: `conflicting server name "a.test" on 0.0.0.0:${bed.httpPort}, ignored` }],
    });
    await bed.ask(`server_names_hash_max_size 1; server_names_hash_bucket_size 256; ${saying('fine')}`);
    expect((await bed.verdict()).phase).toBe('live');
  });

  it('is one that only the reload refuses, which is undone', async () => {
    const { thief, port } = await takePort();
    const workers = await bed.workerPids();
    await bed.ask(`${saying('bad')} server { listen 127.0.0.1:${port}; }`);
    const status = await bed.verdict();
    thief.close();
    expect(status).toMatchObject({ phase: 'refused', live: good });
    expect(status.errors[0]?.text).toContain(`bind() to 127.0.0.1:${port} failed`);
    await expectGoodServes();
    expect(await bed.workerPids()).toEqual(workers);
  });

  it('is one whose limit changes its key under the same name, which no test sees', async () => {
    const limited = (key: string): string =>
      `limit_req_zone ${key} zone=z:1m rate=9r/s; ${saying(`limited by ${key.slice(1)}`)}`;
    good = await bed.ask(limited('$binary_remote_addr'));
    await bed.verdict();
    await bed.ask(limited('$host'));
    const status = await bed.verdict();
    expect(status.phase).toBe('refused');
    expect(status.errors[0]?.text).toMatch(/uses the "\$host" key while previously it used/);
    expect((await bed.get()).body).toBe('limited by binary_remote_addr');
  });

  it('can be followed by a good one', async () => {
    await bed.ask('server { nonsense; }');
    await bed.verdict();
    await bed.ask(saying('better'));
    expect((await bed.verdict()).phase).toBe('live');
    expect((await bed.get()).body).toBe('better');
  });
});

describe('the part of a generation that differs from the live one', () => {
  const GOOD = 'events {} http {}';
  const twice = 'server { listen PORT; server_name a.test; } server { listen PORT; server_name a.test; }';
  let live = '';
  beforeEach(async () => {
    live = await bed.ask(saying('good'));
    await bed.verdict();
  });

  it('is tested in place of all of it', async () => {
    // A warning, which refuses a test and which a reload passes over.
    await bed.writeCheck(twice, live, GOOD);
    const digest = await bed.ask(twice);
    expect(await bed.verdict()).toMatchObject({ phase: 'live', live: digest });
  });

  it('is not tested where another one is live', async () => {
    await bed.writeCheck(twice, sha256('another'), GOOD);
    await bed.ask(twice);
    expect(await bed.verdict()).toMatchObject({ phase: 'refused', live });
  });

  it('decides nothing where it is bad: all of it is tested then', async () => {
    await bed.writeCheck(saying('fine'), live, 'nonsense;');
    await bed.ask(saying('fine'));
    expect((await bed.verdict()).phase).toBe('live');
    await bed.writeCheck('server { nonsense; }', await bed.current(), 'nonsense;');
    await bed.ask('server { nonsense; }');
    const { phase, errors } = await bed.verdict();
    expect({ phase, file: errors[0]?.file }).toEqual({ phase: 'refused', file: 'nginx.conf' });
  });

  it('leaves the rest to the reload, which refuses it with file and line', async () => {
    const bad = '\nserver { listen PORT; nonsense on; }';
    await bed.writeCheck(bad, live, GOOD);
    await bed.ask(bad);
    const status = await bed.verdict();
    expect(status).toMatchObject({ phase: 'refused', live });
    expect(status.errors).toEqual([{ file: 'nginx.conf', line: 15, text: 'unknown directive "nonsense"' }]);
    expect((await bed.get()).body).toBe('good');
    expect(await bed.current()).toBe(live);
  });
});

describe('what cannot be tried', () => {
  it.each([
    ['another protocol', '{"protocol":2}', /protocol 1, got 2/],
    ['half a file', '{"protocol":1,', /current\.json to be JSON/],
    [
      'a generation that is not there',
      encodeDesired({ protocol: 1, digest: sha256('x'), attempt: 1, runtimeRevision: sha256('x'), shards: [] }),
      /there is no generation/,
    ],
    [
      'a table that is not there',
      encodeDesired({
        protocol: 1,
        digest: sha256('x'),
        attempt: 1,
        runtimeRevision: sha256('x'),
        shards: ['gone.json'],
      }),
      /ENOENT.*gone\.json/,
    ],
  ])('is said: %s', async (_, text, error) => {
    await bed.name(text);
    const { errors } = await bed.statusWhere(({ phase }) => phase === 'failed');
    expect(errors[0]?.text).toMatch(error);
    await bed.ask(saying('good'));
    expect((await bed.verdict()).phase).toBe('live');
  });
});
