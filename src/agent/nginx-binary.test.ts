import { describe, expect, it } from 'vitest';
import { builtInModules, inspectNginx, isOlder } from './nginx-binary.ts';

describe('isOlder', () => {
  it.each([
    ['1.30.5', '1.30.6', true],
    ['1.9.99', '1.30.6', true],
    ['1.30.6', '1.30.6', false],
    ['1.30.10', '1.30.6', false],
    ['1.31.0', '1.30.6', false],
    ['2.0.0', '1.30.6', false],
  ])('%s than %s: %s', (version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected);
  });
});

describe('builtInModules', () => {
  it('takes flags, not flags with a value nor words of other arguments', () => {
    const answer =
      "configure arguments: --with-cc-opt='-g --within' --with-http_v2_module --with-stream=dynamic --with-threads";
    expect(builtInModules(answer)).toEqual(['http_v2_module', 'threads', 'http_upstream_zone_module']);
    expect(builtInModules(`${answer} --without-http_upstream_zone_module`)).toEqual(['http_v2_module', 'threads']);
  });

  it('knows the sources of others by their folders, and the part for TCP and UDP', () => {
    const answer =
      'configure arguments: --with-stream --with-stream_ssl_module --add-module=/src/ngx_brotli --add-module=/src/ngx_http_geoip2_module --add-dynamic-module=/src/ModSecurity-nginx';
    expect(builtInModules(answer)).toEqual([
      'stream_module',
      'http_brotli_filter_module',
      'http_geoip2_module',
      'stream',
      'stream_ssl_module',
      'http_upstream_zone_module',
    ]);
  });
});

describe('inspectNginx', () => {
  it.each([
    ['no such file', '/nonexistent/nginx'],
    ['a program that is not NGINX', process.execPath],
  ])('says nginx-missing for %s', async (_, binary) => {
    await expect(inspectNginx(binary)).rejects.toMatchObject({ code: 'nginx-missing' });
  });
});
