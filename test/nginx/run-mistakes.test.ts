import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { allowSnippets, ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const FLAGS = ['--configmap=default/portico'];
let pods: Echo[] = [];
let portico: PorticoRun;

const innocent = ingress('innocent', { host: 'innocent.example', service: 'web', namespace: 'default' });
const risky = (snippet: string): string =>
  ingress('risky', { host: 'risky.example', service: 'web', annotations: { 'configuration-snippet': snippet } });

beforeAll(async () => void (pods = [await startEcho({ name: 'pod' })]));
afterAll(() => Promise.all(pods.map((one) => one.close())));

beforeEach(async () => {
  portico = await PorticoRun.start({ 'base.yaml': allowSnippets + service('web', pods) + innocent }, FLAGS);
});
afterEach(() => portico.stop());

/** Something else changes and goes live, so the mistake has stopped nobody. */
const othersGoOn = async (name: string): Promise<void> => {
  portico.write('other.yaml', ingress('other', { host: `${name}.example`, service: 'web' }));
  await portico.serves(`${name}.example`, 'pod');
  await portico.serves('innocent.example', 'pod');
};

describe('an Ingress that NGINX refuses', () => {
  it('is closed alone when it was never live, is blamed by its line, and goes live when it is mended', async () => {
    portico.write('risky.yaml', risky('proxy_read_timeout banana;'));
    await portico.serves('risky.example', 503);
    await portico.until(() => portico.log().includes('[closed:default/risky]'), 'whose route it is in the access log');
    expect(portico.log()).toMatch(
      /Ingress default\/risky: expected a configuration that NGINX accepts .*proxy_read_timeout.*its routes answer 503/,
    );
    await othersGoOn('first');
    portico.write('risky.yaml', risky('proxy_read_timeout 7s;'));
    await portico.serves('risky.example', 'pod');
    expect(portico.config()).toContain('proxy_read_timeout 7s;');
    await portico.until(() => portico.log().includes('ConfigRejected no longer set aside'), 'the good news');
  });

  it('keeps its last good version where that takes no protection away, also across a restart of the controller', async () => {
    portico.write('risky.yaml', risky('proxy_read_timeout 7s;'));
    await portico.serves('risky.example', 'pod');
    portico.write('risky.yaml', risky('proxy_read_timeout banana;'));
    await portico.until(() => portico.log().includes('its last good version is served'), 'the refusal');
    await othersGoOn('second');
    await portico.serves('risky.example', 'pod');
    process.kill(await portico.childPid('controller'), 'SIGKILL');
    await othersGoOn('third');
    await portico.serves('risky.example', 'pod');
    expect(portico.config()).toContain('proxy_read_timeout 7s;');
  });

  it('is closed where the refused version changes a protection', async () => {
    portico.write('risky.yaml', risky('deny 192.0.2.1; proxy_read_timeout 7s;'));
    await portico.serves('risky.example', 'pod');
    portico.write('risky.yaml', risky('deny all; proxy_read_timeout banana;'));
    await portico.serves('risky.example', 503);
    await othersGoOn('fourth');
  });

  it('ends with the object: nothing of a deleted one is served', async () => {
    portico.write('risky.yaml', risky('proxy_read_timeout banana;'));
    await portico.serves('risky.example', 503);
    portico.remove('risky.yaml');
    await portico.serves('risky.example', 404);
  });

  it('is found among many that changed together', async () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      ingress(`n${index}`, { host: `n${index}.example`, service: 'web' }),
    );
    portico.write('many.yaml', [...many, risky('proxy_read_timeout banana;')].join(''));
    await portico.serves('n0.example', 'pod');
    await portico.serves('n19.example', 'pod');
    await portico.serves('risky.example', 503);
  });
});

describe('a broken file', () => {
  it('is reported with its line, and what it said before is still served', async () => {
    portico.write('web.yaml', ingress('web', { host: 'web.example', service: 'web' }));
    await portico.serves('web.example', 'pod');
    portico.write('web.yaml', 'apiVersion: [networking\nkind: }');
    await portico.until(() => portico.log().includes('InvalidManifest'), 'the report');
    await othersGoOn('fifth');
    await portico.serves('web.example', 'pod');
  });
});

describe('a protected route', () => {
  it('is closed while its Secret is missing, asks for a password when it is there, and never leaks it', async () => {
    const annotations = { 'auth-type': 'basic', 'auth-secret': 'users' };
    portico.write('safe.yaml', ingress('safe', { host: 'safe.example', service: 'web', annotations }));
    await portico.serves('safe.example', 503);
    const secret = `---\napiVersion: v1\nkind: Secret\nmetadata: { name: users, namespace: default }\nstringData: { auth: 'user:{PLAIN}open-sesame' }\n`;
    portico.write('users.yaml', secret);
    await portico.serves('safe.example', 401);
    const authorization = `Basic ${Buffer.from('user:open-sesame').toString('base64')}`;
    const answer = await portico.get('safe.example', '/', { authorization });
    expect(answer.pod).toBe('pod');
    expect(answer.body.toLowerCase()).not.toContain('authorization');
    expect(portico.log() + portico.config() + JSON.stringify(portico.status())).not.toContain('open-sesame');
  });
});

describe('templates of a user', () => {
  it('are used, and the last good ones stay when an edit breaks the law', async () => {
    await portico.stop();
    const folder = join(portico.manifests, '..', 'templates');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'events.hbs'), 'events {\n    worker_connections 777;\n}\n');
    portico = await PorticoRun.start({ 'base.yaml': service('web', pods) + innocent }, [`--templates=${folder}`]);
    expect(portico.config()).toContain('worker_connections 777;');
    writeFileSync(join(folder, 'events.hbs'), 'events {\n    {{{installation.pid}}}\n}\n');
    await portico.until(() => portico.log().includes('the last good ones stay'), 'the refusal of the templates');
    await othersGoOn('sixth');
    writeFileSync(join(folder, 'events.hbs'), 'events {\n    worker_connections 778;\n}\n');
    await portico.live('worker_connections 778;');
  });

  it('that NGINX refuses are refused themselves: the last good ones stay, and no Ingress is blamed', async () => {
    await portico.stop();
    const folder = join(portico.manifests, '..', 'templates');
    const location = (line: string): void => {
      mkdirSync(join(folder, 'http'), { recursive: true });
      const directives = '{{#if modifier}} {{modifier}}{{/if}} {{path}} {\n    {{> shared/statements this}}';
      writeFileSync(join(folder, 'http/location.hbs'), `# from {{origin}}\nlocation${directives}\n    ${line}\n}\n`);
    };
    location('add_header X-Template good;');
    portico = await PorticoRun.start({ 'base.yaml': service('web', pods) + innocent }, [`--templates=${folder}`]);
    await portico.serves('innocent.example', 'pod');
    location('no_such_directive here;');
    await portico.until(() => portico.log().includes('the last good ones stay'), 'the refusal of the templates');
    expect(portico.log()).toContain('no_such_directive');
    await othersGoOn('seventh');
    expect(portico.log()).not.toContain('ConfigRejected');
    expect((await portico.get('innocent.example')).headers['x-template']).toBe('good');
    location('add_header X-Template better;');
    await portico.live('X-Template better');
    expect((await portico.get('seventh.example')).headers['x-template']).toBe('better');
  });
});
