import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const FLAGS = ['--configmap=default/portico'];
let pods: Echo[] = [];
let portico: PorticoRun;

const settings = (data: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'portico', namespace: 'default' },
    data: { 'allow-global-snippets': 'true', ...data },
  });

const begin = async (data: Readonly<Record<string, string>>): Promise<void> => {
  const web = service('web', pods) + ingress('web', { host: 'web.example', service: 'web' });
  portico = await PorticoRun.start({ 'web.yaml': web, 'settings.json': settings(data) }, FLAGS);
};

/** A change that somebody else makes meanwhile goes live. */
const othersGoOn = async (name: string): Promise<void> => {
  portico.write(`${name}.yaml`, ingress(name, { host: `${name}.example`, service: 'web' }));
  await portico.serves(`${name}.example`, 'pod');
};

beforeAll(async () => void (pods = [await startEcho({ name: 'pod' })]));
afterAll(() => Promise.all(pods.map((one) => one.close())));
afterEach(() => portico.stop());

const told = (key: string, consequence: string): RegExp =>
  new RegExp(
    `ConfigMap default/portico data\\[${key}\\]: expected a configuration that NGINX accepts .*${consequence}`,
  );

describe('a snippet of the ConfigMap that NGINX refuses', () => {
  it.each([
    ['http-snippet', 'keepalive_timeout 5s;', 'keepalive_timeout banana;'],
    ['location-snippet', 'proxy_send_timeout 7s;', 'proxy_send_timeout banana;'],
    ['server-snippet', 'deny 192.0.2.1;', 'deny banana;'],
    ['main-snippet', 'timer_resolution 100ms;', 'timer_resolution banana;'],
  ])('%s gives way to what was live before, and stops nobody', async (key, good, bad) => {
    await begin({ [key]: good });
    await portico.serves('web.example', 'pod');
    portico.write('settings.json', settings({ [key]: bad }));
    await portico.until(() => told(key, 'live before stands').test(portico.log()), 'the refusal');
    await othersGoOn('other');
    await portico.serves('web.example', 'pod');
    expect(portico.config()).toContain(good);
  });

  it('is left out alone when it was never live, and counts when it is mended', async () => {
    const tuning = { 'location-snippet': 'proxy_send_timeout 7s;' };
    await begin({ ...tuning, 'http-snippet': 'proxy_read_timeout banana;' });
    await portico.serves('web.example', 'pod');
    expect(portico.log()).toMatch(told('http-snippet', 'leaving it out'));
    expect(portico.config()).toContain('proxy_send_timeout 7s;');
    portico.write('settings.json', settings({ ...tuning, 'http-snippet': 'proxy_read_timeout 9s;' }));
    await portico.live('proxy_read_timeout 9s;');
    await portico.serves('web.example', 'pod');
  });

  it('closes every route when it was never live and may protect something', async () => {
    await begin({ 'server-snippet': 'deny banana;' });
    await portico.serves('web.example', 503);
    expect(portico.log()).toMatch(told('server-snippet', 'all routes answer 503'));
    portico.write('settings.json', settings({ 'server-snippet': 'deny 192.0.2.1;' }));
    await portico.serves('web.example', 'pod');
  });

  it('is found by leaving it out where NGINX names no line', async () => {
    await begin({ 'http-snippet': 'limit_req_zone $binary_remote_addr zone=one:1m rate=10r/s;' });
    await portico.serves('web.example', 'pod');
    portico.write('settings.json', settings({ 'http-snippet': 'limit_req_zone $host zone=one:1m rate=10r/s;' }));
    await portico.until(() => told('http-snippet', 'live before stands').test(portico.log()), 'the refusal');
    await othersGoOn('other');
    expect(portico.config()).toContain('limit_req_zone $binary_remote_addr');
  });
});

it('another key of the ConfigMap gives way as well, while an Ingress that changes with it goes live', async () => {
  const asking = { 'global-auth-url': 'http://web.default.svc.cluster.local/' };
  await begin({ ...asking, 'global-auth-snippet': 'proxy_read_timeout 7s;' });
  await portico.serves('web.example', 'pod');
  portico.write('other.yaml', ingress('other', { host: 'other.example', service: 'web' }));
  // More than may be busy: NGINX says so at the end of http.
  portico.write('settings.json', settings({ ...asking, 'global-auth-snippet': 'proxy_buffer_size 128k;' }));
  await portico.until(() => told('global-auth-snippet', 'live before stands').test(portico.log()), 'the refusal');
  await portico.serves('other.example', 'pod');
  await portico.serves('web.example', 'pod');
  expect(portico.config()).toContain('proxy_read_timeout 7s;');
});
