import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectNginx } from '../../src/agent/nginx-binary.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad } from '../support/load.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const { modules } = await inspectNginx(process.env['NGINX_BINARY'] ?? 'nginx');
let pod: Echo;
let portico: PorticoRun;

const guarded = (annotations: Readonly<Record<string, string>>): string =>
  ingress('guarded', { host: 'guarded.example', service: 'web', annotations });

describe.runIf(modules.includes('http_modsecurity_module'))('a run whose NGINX can have ModSecurity', () => {
  beforeAll(async () => void (pod = await startEcho({ name: 'one', address: '127.0.0.1' })));
  afterAll(() => pod.close());
  beforeEach(async () => {
    const web = ingress('web', { host: 'web.example', service: 'web' });
    portico = await PorticoRun.start({ 'pods.yaml': service('web', [pod]), 'web.yaml': web });
  });
  afterEach(() => portico.stop());

  it('loads it for those who ask, leaves it when nobody does, and loses no request', async () => {
    const load = startLoad({ port: portico.httpPort, host: 'web.example' });
    for (let round = 0; round < 3; round += 1) {
      portico.write('guarded.yaml', guarded({ 'enable-modsecurity': 'true' }));
      await portico.live('modsecurity on;');
      await portico.serves('guarded.example', 'one');
      portico.write('guarded.yaml', guarded({ 'enable-modsecurity': 'false' }));
      await portico.until(() => !portico.config().includes('modsecurity'), 'ModSecurity to be gone');
    }
    expect(Object.fromEntries((await load.stop()).failures)).toEqual({});
  });
});
