import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectNginx } from '../../src/agent/nginx-binary.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { sampleDatabase } from '../support/geo-database.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const { modules } = await inspectNginx(process.env['NGINX_BINARY'] ?? 'nginx');
const CITY = 'GeoLite2-City.mmdb';
const IN_SWEDEN = { 'X-Forwarded-For': '198.51.100.7' };
const IN_BRITAIN = { 'X-Forwarded-For': '203.0.113.200' };
let pod: Echo;
let folder = '';
let portico: PorticoRun;

const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'portico', namespace: 'default' },
  data: {
    'use-geoip2': 'true',
    'use-forwarded-headers': 'true',
    'proxy-real-ip-cidr': '127.0.0.0/8',
    'log-format-upstream': 'from [$geoip2_city_country_code] to $host',
    'allow-snippet-annotations': 'true',
    'annotations-risk-level': 'Critical',
    'allow-global-snippets': 'true',
  },
};

const begin = async (data: Readonly<Record<string, string>> = {}): Promise<void> => {
  const annotations = { 'configuration-snippet': 'if ($geoip2_city_country_code !~ ^(GB|NO)$) {\n  return 403;\n}' };
  const manifests = {
    'pods.yaml': service('web', [pod]),
    'open.yaml': ingress('open', { host: 'open.example', service: 'web' }),
    'guarded.yaml': ingress('guarded', { host: 'guarded.example', service: 'web', annotations }),
    'settings.json': JSON.stringify({ ...settings, data: { ...settings.data, ...data } }),
  };
  portico = await PorticoRun.start(manifests, ['--configmap=default/portico', `--geoip-dir=${folder}`]);
};

const bring = (): void => writeFileSync(join(folder, CITY), sampleDatabase(CITY));

beforeAll(async () => void (pod = await startEcho({ name: 'one', address: '127.0.0.1' })));
afterAll(() => pod.close());
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'portico-geoip-'))));
afterEach(async () => {
  await portico.stop();
  rmSync(folder, { recursive: true });
});

describe.runIf(modules.includes('http_geoip2_module'))('a run whose NGINX can read databases', () => {
  it('knows countries in the log and in snippets', async () => {
    bring();
    await begin();
    await portico.serves('open.example', 'one');
    expect((await portico.get('guarded.example', '/', IN_SWEDEN)).status).toBe(403);
    expect((await portico.get('guarded.example', '/', IN_BRITAIN)).pod).toBe('one');
    await portico.get('open.example', '/', IN_SWEDEN);
    await portico.until(() => portico.log().includes('from [SE] to open.example'), 'the line of the log');
  });

  it('closes what asks for a country while there is no database, serves the rest, and opens when it comes', async () => {
    await begin();
    await portico.serves('open.example', 'one');
    await portico.serves('guarded.example', 503);
    expect(portico.log()).toMatch(/DatabaseMissing|use-geoip2.*a database of MaxMind that NGINX can read/);
    await portico.get('open.example', '/', IN_SWEDEN);
    await portico.until(() => portico.log().includes('from [-] to open.example'), 'the line of the log');
    bring();
    await portico.serves('guarded.example', 403);
    expect((await portico.get('guarded.example', '/', IN_BRITAIN)).pod).toBe('one');
  });

  it('closes everything while a map of the ConfigMap asks for a country in vain, and opens when it can', async () => {
    await begin({ 'http-snippet': 'map $geoip2_city_country_code $is_far {\n  default 1;\n  GB 0;\n}' });
    await portico.serves('open.example', 503);
    bring();
    await portico.serves('open.example', 'one');
    expect(portico.config()).toContain('$is_far');
  });
});
