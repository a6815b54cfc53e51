import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nginxCache } from './nginx/debian-nginx.ts';
import { locateNginx } from './nginx.ts';

let folder = '';

const writeProgram = async (path: string, script: string): Promise<string> => {
  const file = resolve(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
};

const writeNginx = (path: string, version: string): Promise<string> =>
  writeProgram(path, `echo "nginx version: nginx/${version}" >&2`);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-nginx-'));
  vi.stubEnv('NGINX_BINARY', undefined);
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('locateNginx', () => {
  it('takes NGINX_BINARY before all others', async () => {
    await writeNginx('bin/nginx', '1.30.6');
    const given = await writeNginx('given/nginx', '1.30.7');
    vi.stubEnv('NGINX_BINARY', given);
    expect(await locateNginx()).toBe(given);
  });

  it('takes nginx on PATH when it is new enough', async () => {
    await writeNginx(join(nginxCache(), '1.30.7/nginx'), '1.30.7');
    const onPath = await writeNginx('bin/nginx', '1.30.6');
    expect(await locateNginx()).toBe(onPath);
  });

  it('takes the newest cached one that is complete when nginx on PATH is too old', async () => {
    await writeNginx('bin/nginx', '1.22.1');
    await writeNginx(join(nginxCache(), '1.30.9/nginx'), '1.30.9');
    await writeNginx(join(nginxCache(), '.fetch-abc/nginx'), '1.40.0');
    const newest = await writeNginx(join(nginxCache(), '1.30.10/nginx'), '1.30.10');
    expect(await locateNginx()).toBe(newest);
  });

  it.each([
    ['nginx-too-old', 'NGINX_BINARY is too old', '1.30.5'],
    ['nginx-missing', 'NGINX_BINARY is no NGINX', 'one'],
  ])('%s when %s, even when another would do', async (code, _, version) => {
    await writeNginx('bin/nginx', '1.30.6');
    const given = await writeNginx('given/nginx', version);
    vi.stubEnv('NGINX_BINARY', given);
    await expect(locateNginx()).rejects.toMatchObject({ code, message: expect.stringContaining(`set to ${given}`) });
  });

  it('says nginx-too-old with all places when PATH has an old one and no apt can fetch another', async () => {
    await writeNginx('bin/nginx', '1.22.1');
    const refused = locateNginx();
    await expect(refused).rejects.toMatchObject({ code: 'nginx-too-old' });
    await expect(refused).rejects.toThrow(/not set[^]*bin\/nginx is 1\.22\.1[^]*apt-get[^]*Set NGINX_BINARY/);
  });

  it('says nginx-missing with what apt said when Debian cannot be reached', async () => {
    await writeProgram('bin/apt-config', '');
    await writeProgram('bin/apt-get', 'case "$*" in *update*) echo "E: mirror is away" >&2; exit 100;; esac');
    const refused = locateNginx();
    await expect(refused).rejects.toMatchObject({ code: 'nginx-missing' });
    await expect(refused).rejects.toThrow(/PATH: no nginx[^]*E: mirror is away/);
  });
});
