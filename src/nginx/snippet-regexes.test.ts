import { expect, test } from 'vitest';
import { limitRegexes } from './snippet-regexes.ts';
import { parseSnippet, printSnippet } from './snippet.ts';

const printed = (text: string): string => {
  const parsed = parseSnippet(text, 'location of a server');
  return parsed.ok ? printSnippet(limitRegexes(parsed.value)).join(' ') : parsed.error.expected;
};

const L = '(*LIMIT_MATCH=50000)';

test.each([
  ['rewrite ^/a$ /b last;', `rewrite ${L}^/a$ /b last;`],
  ['if ($uri ~ ^/a) { break; }', `if ($uri ~ ${L}^/a) {     break; }`],
  ['if ( $uri !~* a ) { break; }', `if ( $uri !~* ${L}a ) {     break; }`],
  ['if ($uri = "~" ) { break; }', 'if ($uri = ~ ) {     break; }'],
  ['if ($uri) { rewrite a b; }', `if ($uri) {     rewrite ${L}a b; }`],
  ['proxy_redirect ~*^/a /b;', `proxy_redirect ~*${L}^/a /b;`],
  ['proxy_redirect /a /b;', 'proxy_redirect /a /b;'],
  ['proxy_cookie_path ~a b;', `proxy_cookie_path ~${L}a b;`],
  ['valid_referers none ~a server_names;', `valid_referers none ~${L}a server_names;`],
  ['gzip_disable msie6 "a b";', `gzip_disable msie6 "${L}a b";`],
  ['return 200 ~a;', 'return 200 ~a;'],
])('%s', (text, expected) => {
  expect(printed(text)).toBe(expected);
});

test('a regular expression of a location', () => {
  const parsed = parseSnippet('location ~* a { } location /b { }', 'server');
  expect(parsed.ok && printSnippet(limitRegexes(parsed.value))).toEqual([
    `location ~* ${L}a {`,
    '}',
    'location /b {',
    '}',
  ]);
});
