import { describe, expect, it } from 'vitest';
import { isProtective } from './parse.ts';

describe('a snippet counts as protection', () => {
  it.each([
    ['deny 10.0.0.0/8;', true],
    ['proxy_read_timeout 5s; return 403;', true],
    ['if ($http_x) { return 403; }', true],
    ['proxy_set_header X-User "";', true],
    ['add_header X-Frame-Options DENY;', true],
    ['this is no configuration', true],
    ['proxy_read_timeout 5s; client_body_buffer_size 8k;', false],
    ['proxy_read_timeout banana;', false],
    ['gzip on; gzip_types text/plain; proxy_buffering off;', false],
  ])('%s: %s', (text, expected) => {
    expect(isProtective('configuration-snippet', text)).toBe(expected);
  });
});
