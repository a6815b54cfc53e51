import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig, type ConfigNode } from './lexer.ts';
import { parseSnippet, printSnippet, type SnippetDirective } from './snippet.ts';

const r = String.raw;

const reprinted = (text: string): string => {
  const parsed = parseSnippet(text, 'location');
  return parsed.ok
    ? printSnippet(parsed.value).join('\n')
    : `${parsed.error.line}:${parsed.error.column} ${parsed.error.expected}`;
};

describe('printSnippet of parseSnippet', () => {
  it.each([
    ['keeps plain directives', 'proxy_buffering off;\nexpires 1h;', 'proxy_buffering off;\nexpires 1h;'],
    ['gives every directive a line', 'expires 1h;etag off ;', 'expires 1h;\netag off;'],
    ['drops comments', '# from default/other\nexpires 1h; # a', 'expires 1h;'],
    ['leaves variables as written', 'set $a $host-${scheme};', 'set $a "$host-${scheme}";'],
    ['quotes what is not a bare word', `return 200 'a b';`, 'return 200 "a b";'],
    ['keeps the escapes that make control characters', r`return 200 "a\n\t\r";`, r`return 200 "a\n\t\r";`],
    ['keeps backslashes and quotes', r`return 200 'a"\\\.';`, r`return 200 "a\"\\\\.";`],
    ['quotes what could begin a comment', 'return 200 "# from a/b";', 'return 200 "# from a/b";'],
    ['keeps empty words', `proxy_set_header X '';`, 'proxy_set_header X "";'],
    ['keeps conditions', `if ($a = 'b') { return 403; }`, 'if ($a = b ) {\n    return 403;\n}'],
    ['keeps other bodies', 'limit_except GET { deny all; }', 'limit_except GET {\n    deny all;\n}'],
    ['keeps empty bodies', 'if ($a) { }', 'if ($a) {\n}'],
    ['allows to switch the access log off', 'access_log off;', 'access_log off;'],
    ['allows headers that are passed on', 'proxy_pass_header Server;', 'proxy_pass_header Server;'],
    ['allows to read the host that backends see', 'set $a $best_http_host;', 'set $a $best_http_host;'],
    ['allows lookbehinds', 'rewrite "(?<!a)(?<=b)" /;', 'rewrite "(?<!a)(?<=b)" /;'],
    ['prints nothing for nothing', ' \n# nothing', ''],
  ])('%s', (_, text, expected) => {
    expect(reprinted(text)).toBe(expected);
  });

  it('indents', () => {
    const directives = [{ name: 'if', args: ['($a)'], children: [{ name: 'break', args: [] }] }];
    expect(printSnippet(directives)).toEqual(['if ($a) {', '    break;', '}']);
  });
});

describe('parseSnippet', () => {
  it.each([
    ['an end of our block', 'expires 1h; }', '1:13 a directive instead of "}"'],
    ['an end of our block hidden behind a comment', 'expires 1h; # {\n} server {', '2:1 a directive instead of "}"'],
    ['a body that stays open', 'if ($a) { return 403;', '1:22 "}" at the end of "if"'],
    ['a quote that stays open', 'return 200 "a;', '1:15 ";" or "{" before the end of the text'],
    ['a directive that stays open', 'expires 1h', '1:11 ";" or "{" before the end of the text'],
    ['a carriage return', 'etag off;\r\n', '1:10 text without control characters and lone surrogates'],
    ['a null character', 'etag on;\n etag \0;', '2:7 text without control characters and lone surrogates'],
    ['a lone surrogate', 'return 200 "\ud800";', '1:13 text without control characters and lone surrogates'],
    [
      'a line break inside a word',
      'return 200 "a\nb";',
      '1:13 "\\n" and "\\t" instead of line breaks and tabs inside a word',
    ],
    [
      'a line break behind a backslash',
      'return 200 a\\\nb;',
      '1:12 "\\n" and "\\t" instead of line breaks and tabs inside a word',
    ],
    ['a location', 'location /a { }', '1:1 no body except those of "if" and "limit_except"'],
    ['a condition without a body', 'if ($a);', '1:1 "{" after "if"'],
    ['a name that is none', '"# from a" b;', '1:2 the name of a directive'],
    ['a word that becomes too long in quotes', `return 200 '${'"'.repeat(2_000)}';`, '1:1 words of at most 4000 bytes'],
    ['a condition in a condition', 'if ($a) { if ($b) { break; } }', '1:11 no body'],
    ['any number of bodies', `${'if ($a) {'.repeat(20_000)}${'}'.repeat(20_000)}`, '1:10 no body'],
    ['a variable of ours that is set', 'set $pt_port 1;', '1:1 no variable that begins with "pt_"'],
    ['a variable of ours in capitals', 'set $PT_PORT 1;', '1:1 no variable that begins with "pt_"'],
    ['a location of ours', 'error_page 418 = @pt_unavailable;', '1:1 no location of Portico'],
    ['a subrequest of ours', 'rewrite ^ /_portico/auth/0 last;', '1:1 no location of Portico'],
    ['any location', 'error_page 418 = $a;', '1:1 a location whose name is written out'],
    ['a location by parts of its name', 'error_page 418 = @$a;', '1:1 a location whose name is written out'],
    ['a variable of ours in braces', 'add_header X a${pt_port};', '1:1 no variable that begins with "pt_"'],
    ['a variable of ours inside a body', 'if ($a) {\n  set $pt_port 1;\n}', '2:3 no variable that begins with "pt_"'],
    ['the host that backends see', 'set $best_http_host a;', '1:1 a variable that Portico does not set'],
    ['the name in the log', 'set ${Proxy_upstream_name} a;', '1:1 a variable that Portico does not set'],
    ['a named group', 'if ($uri ~ "(?<args>a)") { break; }', '1:1 groups without names, used as $1 to $9'],
    ['a named group as in Python', 'rewrite "(?P<args>a)" /;', '1:1 groups without names, used as $1 to $9'],
    ['a named group in quotes', `rewrite "(?'args'a)" /;`, '1:1 groups without names, used as $1 to $9'],
    [
      'a request header redefined for all servers',
      'auth_request_set $http_x a;',
      '1:1 a variable whose name NGINX does not use',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(reprinted(text)).toBe(expected);
  });

  it.each([
    ['changes the NGINX process', ['load_module a', 'ssl_engine a', 'env a', 'user a', 'pid a']],
    [
      'runs code',
      ['content_by_lua a', 'access_by_lua_file a', 'lua_code_cache off', 'perl a', 'perl_set $a b', 'js_content a'],
    ],
    ['reads files', ['root /', 'alias /', 'include /a', '"include" /a', 'try_files /a /b', 'auth_basic_user_file /a']],
    ['writes files', ['error_log /a', 'client_body_temp_path /a', 'proxy_cache_path /a', 'proxy_store on']],
    ['names a backend', ['proxy_pass http://a', 'grpc_pass a', 'fastcgi_pass a', 'pass a']],
  ])('refuses every directive that %s', (what, directives) => {
    expect(directives.map((text) => reprinted(`${text};`).replace(/^1:\d+ /, ''))).toEqual(
      directives.map(() => `no directive that ${what}`),
    );
  });

  it('says what it refuses that does no harm in NGINX itself', () => {
    expect(reprinted('ssi on;')).toBe('1:1 a directive that snippets may have in "location", not ssi');
    expect(reprinted('if ($a) {\n  etag on;\n}')).toBe('2:3 a directive that snippets may have in "if", not etag');
  });

  it.each(['proxy_set_header "a: b" c;', "add_header 'a b' c;", 'add_header "";', 'add_trailer "a;" b;'])(
    'refuses what is no name of a header: %s',
    (text) => expect(reprinted(text)).toBe('1:1 the name of a header'),
  );

  it.each(['limit_req zone=pt_zone_0123 burst=5;', 'limit_conn pt_zone_0123 1;'])(
    'refuses to count where other routes do: %s',
    (text) => expect(reprinted(text)).toBe('1:1 no zone of other routes'),
  );

  it('refuses logs, except to switch them off', () => {
    expect(reprinted('access_log /etc/passwd;')).toBe('1:1 no log except "access_log off"');
  });
});

const word = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...'a$ {};#"\'\\()\n\t\r'.split('')),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) && text.isWellFormed());
const named = (...names: readonly string[]): fc.Arbitrary<SnippetDirective> =>
  fc.record({ name: fc.constantFrom(...names), args: fc.array(word, { maxLength: 3 }) });
const exception = fc.record({
  name: fc.constant('limit_except'),
  args: fc.array(word, { maxLength: 3 }),
  children: fc.array(named('allow', 'deny'), { maxLength: 3 }),
});
const conditional = fc.record({
  name: fc.constant('if'),
  args: fc.array(word, { maxLength: 3 }),
  children: fc.array(named('expires', 'return', 'rewrite'), { maxLength: 3 }),
});
const directives = fc.array(fc.oneof(conditional, exception, named('etag', 'expires', 'return')), { maxLength: 3 });

const withoutPlaces = ({ name, args, children }: ConfigNode): SnippetDirective =>
  children === undefined ? { name, args } : { name, args, children: children.map(withoutPlaces) };

describe('a printed snippet', () => {
  it('reads back as what was printed', () => {
    fc.assert(
      fc.property(directives, (printed) => {
        expect(parseSnippet(printSnippet(printed).join('\n'), 'location')).toEqual({ ok: true, value: printed });
      }),
    );
  });

  it('stays inside the block that surrounds it, whatever was written', () => {
    const text = fc
      .array(fc.oneof(word, fc.constantFrom(' etag off;', 'if (', ') {', '}', '# a\n', 'location / {')))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (written) => {
        for (const context of ['location', 'server', 'auth location'] as const) {
          const snippet = parseSnippet(written, context);
          const value = snippet.ok ? snippet.value : [];
          const around = parseConfig(`location / {\n    # from a/b\n${printSnippet(value).join('\n')}\n}`);
          expect(around.ok && around.value.map(withoutPlaces)).toEqual([
            { name: 'location', args: ['/'], children: value },
          ]);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
