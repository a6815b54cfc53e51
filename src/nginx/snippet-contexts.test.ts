import { describe, expect, it } from 'vitest';
import type { SnippetContext } from './snippet-contexts.ts';
import { parseSnippet, printSnippet } from './snippet.ts';

const verdict = (text: string, context: SnippetContext): string => {
  const parsed = parseSnippet(text, context);
  if (parsed.ok) return printSnippet(parsed.value).join(' ').replaceAll(/ {2,}/g, ' ');
  return `${parsed.error.line}:${parsed.error.column} ${parsed.error.expected}`;
};

const refused = (name: string, context: SnippetContext, at = '1:1'): string =>
  `${at} a directive that snippets may have in "${context}", not ${name}`;

describe('a snippet of a server', () => {
  it.each([
    'location /extra { return 200 "from snippet"; }',
    'location = /robots.txt { return 404; }',
    'location ^~ /a { deny all; }',
    'location ~ "\\\\.git" { allow 10.0.0.0/8; deny all; }',
    'if ($http_user_agent ~* bot) { return 403; }',
    'large_client_header_buffers 4 16k;',
    'deny 192.0.2.1;',
    'add_header X-A b always;',
    'rewrite ^/old$ /new permanent;',
  ])('may hold %s', (text) => {
    expect(verdict(text, 'server')).toBe(text);
  });

  it.each([
    ['what opens locations of other Ingresses', 'satisfy any; allow all;', refused('satisfy', 'server')],
    ['addresses that may enter', 'allow all;', refused('allow', 'server')],
    ['another way in', 'auth_request /ok;', refused('auth_request', 'server')],
    ['another meaning of paths', 'merge_slashes off;', refused('merge_slashes', 'server')],
    ['another meaning of headers', 'underscores_in_headers on;', refused('underscores_in_headers', 'server')],
    ['other requests', 'proxy_method GET;', refused('proxy_method', 'server')],
    ['request headers in place of all others', 'proxy_set_header X a;', refused('proxy_set_header', 'server')],
    ['what makes answers of refusals', 'proxy_intercept_errors on;', refused('proxy_intercept_errors', 'server')],
    ['another name of backends', 'proxy_ssl_name a;', refused('proxy_ssl_name', 'server')],
    ['ports', 'listen 1;', refused('listen', 'server')],
    ['names', 'server_name shop.example;', refused('server_name', 'server')],
    ['certificates', 'ssl_certificate /x;', refused('ssl_certificate', 'server')],
    ['another source of addresses', 'set_real_ip_from 0.0.0.0/0;', refused('set_real_ip_from', 'server')],
    ['a server', '} server {', '1:1 a directive instead of "}"'],
    ['limits of methods', 'limit_except GET { deny all; }', '1:1 no body except those of "if" and "location"'],
    ['what only locations have', 'if ($a) { add_header X a; }', refused('add_header', 'if of a server', '1:11')],
    [
      'a location in a location',
      'location /a { location /b { } }',
      '1:15 no body except those of "if" and "limit_except"',
    ],
    ['a backend in a location', 'location /a { proxy_pass http://a; }', '1:15 no directive that names a backend'],
    ['a file in a location', 'location /a { root /etc; }', '1:15 no directive that reads files'],
    ['a named location', 'location @own { }', '1:1 a location of a path or a regular expression'],
    ['an inner location', 'location = /_portico/auth/0 { }', '1:1 no location of Portico'],
    ['a modifier in quotes', 'location "~ ^/" { return 200; }', '1:1 a location of a path or a regular expression'],
    ['a modifier that is none', 'location ! /a { return 200; }', '1:1 a location of a path or a regular expression'],
    ['a named group', 'location ~ "(?<args>.*)" { return 200; }', '1:1 groups without names, used as $1 to $9'],
    ['headers of headers-more', 'more_set_headers "X: a";', refused('more_set_headers', 'server')],
  ])('may not hold %s', (_, text, expected) => {
    expect(verdict(text, 'server')).toBe(expected);
  });
});

describe('a snippet of an auth location', () => {
  it.each(['proxy_set_header X-A $http_x_a;', 'proxy_read_timeout 5s;', 'access_log off;'])('may hold %s', (text) => {
    expect(parseSnippet(text, 'auth location').ok).toBe(true);
  });

  it.each([
    ['an answer', 'return 200;', refused('return', 'auth location')],
    ['a condition', 'if ($a) { return 200; }', '1:1 no body'],
    ['what makes answers of errors', 'error_page 401 =200 /a;', refused('error_page', 'auth location')],
    ['what lets it see errors', 'proxy_intercept_errors on;', refused('proxy_intercept_errors', 'auth location')],
    ['another path', 'rewrite ^ /a;', refused('rewrite', 'auth location')],
  ])('may not hold %s', (_, text, expected) => {
    expect(verdict(text, 'auth location')).toBe(expected);
  });
});
