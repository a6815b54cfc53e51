import { rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectNginx } from '../../src/agent/nginx-binary.ts';
import type { Status } from '../../src/protocol/messages.ts';
import { AgentBed } from '../support/agent-bed.ts';
import { geoDatabase } from '../support/geo-database.ts';

const { modules } = await inspectNginx(process.env['NGINX_BINARY'] ?? 'nginx');
const FILE = 'GeoLite2-Country.mmdb';
let bed: AgentBed;

const databaseOf = (country: string): Buffer =>
  geoDatabase('GeoLite2-Country', { '127.0.0.0/8': { country: { iso_code: country } } });

/** As an updater replaces it. */
const bring = async (content: string | Buffer): Promise<void> => {
  await writeFile(join(bed.geoipDir, 'incoming'), content);
  await rename(join(bed.geoipDir, 'incoming'), join(bed.geoipDir, FILE));
};

const knows = ({ nginx }: Status): boolean => nginx.modules.includes('geolite2_country');

/** A generation that answers the country of the client. */
const askCountry = async (): Promise<void> => {
  await bed.ask(`geoip2 ${bed.layout.run.databases}/${FILE} { $country source=$remote_addr country iso_code; }
    server { listen PORT; location / { return 200 $country; } }`);
  expect(await bed.verdict()).toMatchObject({ phase: 'live' });
};

const answers = (text: string): Promise<void> =>
  bed.until(async () => (await bed.get()).body === text, `${text} as the answer`);

beforeEach(async () => void (bed = await AgentBed.open(['http_geoip2_module'])));
afterEach(() => bed.close());

describe.runIf(modules.includes('http_geoip2_module'))('a database', () => {
  it('that is there is told of at the start, and read anew when it was replaced', async () => {
    await bring(databaseOf('SE'));
    await bed.start();
    expect(knows(await bed.statusWhere(() => true))).toBe(true);
    await askCountry();
    expect((await bed.get()).body).toBe('SE');
    await bring(databaseOf('FI'));
    await answers('FI');
  });

  it('that is broken hinders nothing, and is told of once it is mended', async () => {
    await bring('no database');
    await bed.start();
    expect(knows(await bed.statusWhere(() => true))).toBe(false);
    await bed.ask('server { listen PORT; location / { return 200 "one"; } }');
    expect(await bed.verdict()).toMatchObject({ phase: 'live' });
    await bring(databaseOf('DK'));
    await bed.statusWhere(knows);
    await askCountry();
    expect((await bed.get()).body).toBe('DK');
  });

  it('that is written over in place ends no worker', async () => {
    await bring(databaseOf('SE'));
    await bed.start();
    await askCountry();
    const workers = await bed.workerPids();
    await truncate(join(bed.geoipDir, FILE));
    expect((await bed.get()).body).toBe('SE');
    expect(await bed.workerPids()).toEqual(workers);
  });
});
