import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { allowSnippets, ingress, service } from '../support/manifests.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let folder = '';

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const portico = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Result> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, [MAIN, ...args], { env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'portico-cli-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const web = service('web', [{ address: '10.0.0.1', port: 8080 }]);
const good = web + ingress('web', { host: 'web.example', service: 'web' });

describe('portico check', () => {
  it('says only how many Ingresses it looked at and exits with 0 where nothing is wrong', async () => {
    const stderr = 'portico: checked 1 of 1 Ingresses; errors: 0, warnings: 0\n';
    expect(await portico(['check', '-f', write('good.yaml', good)])).toEqual({ code: 0, stdout: '', stderr });
  });

  it('names file, line, object, field, what was received and expected, and the consequence', async () => {
    const path = write(
      'bad.yaml',
      web + ingress('web', { host: 'web.example', service: 'web', annotations: { 'proxy-read-timeout': '5m' } }),
    );
    const { code, stdout } = await portico(['check', '-f', path]);
    const line =
      readFileSync(path, 'utf8')
        .split('\n')
        .findIndex((one) => one.includes('proxy-read-timeout')) + 1;
    expect(code).toBe(1);
    expect(stdout).toBe(
      `${path}:${line}: warning InvalidAnnotation: Ingress default/web metadata.annotations[nginx.ingress.kubernetes.io/proxy-read-timeout]: expected a whole number of seconds from 1 to 2000000, got "5m"; using 60 (default)\n`,
    );
  });

  it('asks NGINX, and blames the Ingress whose line it refuses', async () => {
    const risky = ingress('risky', {
      host: 'risky.example',
      service: 'web',
      annotations: { 'configuration-snippet': 'proxy_read_timeout banana;' },
    });
    const { code, stdout } = await portico([
      'check',
      '--configmap=default/portico',
      '-f',
      write('risky.yaml', allowSnippets + good + risky),
    ]);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout).toMatch(
      /risky\.yaml:\d+: error ConfigRejected: Ingress default\/risky: expected a configuration that NGINX accepts .*invalid value.*its routes answer 503/,
    );
  });

  it('says that NGINX was not asked where there is none', async () => {
    const { code, stderr } = await portico(['check', '-f', write('good.yaml', good)], {
      NGINX_BINARY: '',
      PATH: '/nowhere',
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^portico: no NGINX here, so nginx -t is not asked\n/);
  });
});

describe('portico render', () => {
  it('prints the whole nginx.conf', async () => {
    const { code, stdout } = await portico(['render', '-f', write('good.yaml', good)]);
    expect(code).toBe(0);
    expect(stdout).toContain('# from Ingress/default/web\n    server {\n        server_name "web.example";');
  });

  it('writes the files of a generation', async () => {
    const out = join(folder, 'out');
    expect((await portico(['render', '-f', write('good.yaml', good), '-o', out])).code).toBe(0);
    expect(readFileSync(join(out, 'nginx.conf'), 'utf8')).toContain('web.example');
    expect(readFileSync(join(out, 'generation.conf'), 'utf8')).toMatch(/^return 200 "[0-9a-f]{64}";\n$/);
  });
});

describe('exit codes', () => {
  const old = (): string => write('old-nginx', '#!/bin/sh\necho "nginx version: nginx/1.28.0" >&2\n');
  const template = (): string => {
    mkdirSync(join(folder, 'templates'), { recursive: true });
    write('templates/events.hbs', '{{{installation.pid}}}');
    return join(folder, 'templates');
  };

  it.each([
    ['2 for an unknown flag', 2, () => ['check', '--nonsense', '-f', folder], /unknown option/],
    ['2 for an unknown command', 2, () => ['nonsense'], /unknown command|--help/],
    ['2 for a value that a flag does not take', 2, () => ['render', '--http-port=0', '-f', folder], /from 1 to 65535/],
    [
      '2 for a template that breaks the law',
      2,
      () => ['render', '-f', folder, '--templates', template()],
      /events\.hbs.*triple-stash/,
    ],
    ['2 for a controller without manifests', 2, () => ['controller'], /--manifests/],
    ['3 for manifests that are not there', 3, () => ['check', '-f', join(folder, 'nowhere')], /nowhere/],
  ] as const)('%s', async (_what, code, args, message) => {
    const result = await portico(args());
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
  });

  it('3 for a folder that cannot be written', async () => {
    const { code, stderr } = await portico([
      'render',
      '-f',
      write('good.yaml', good),
      '-o',
      join(write('file', ''), 'out'),
    ]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('cannot write into') });
  });

  it.each([
    ['3 where there is no NGINX', { NGINX_BINARY: '', PATH: '/nowhere' }, /no NGINX.*1\.30\.6/],
    ['3 where the NGINX named is not there', { NGINX_BINARY: '/nowhere/nginx' }, /\/nowhere\/nginx/],
  ])('%s', async (_what, environment, message) => {
    const { code, stderr } = await portico(['run', '--manifests', folder], environment);
    expect(stderr).toMatch(message);
    expect(code).toBe(3);
  });

  it('3 where NGINX is too old', async () => {
    const binary = old();
    chmodSync(binary, 0o755);
    const { code, stderr } = await portico(['run', '--manifests', folder], { NGINX_BINARY: binary });
    expect(stderr).toMatch(/1\.28\.0.*1\.30\.6/);
    expect(code).toBe(3);
  });

  it('3 where a port is taken', async () => {
    const port = await freePort();
    const server = createServer().listen(port);
    await once(server, 'listening');
    const { code, stderr } = await portico(['run', '--manifests', folder, `--http-port=${port}`]);
    server.close();
    expect(stderr).toContain(`port ${port} cannot be used`);
    expect(code).toBe(3);
  });
});
