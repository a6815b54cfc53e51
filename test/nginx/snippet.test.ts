import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snippetContexts, type SnippetContext } from '../../src/nginx/snippet-contexts.ts';
import { editsHeaders } from '../../src/nginx/snippet-headers.ts';
import { inspectNginx } from '../../src/agent/nginx-binary.ts';
import { limitRegexes } from '../../src/nginx/snippet-regexes.ts';
import { parseSnippet, printSnippet } from '../../src/nginx/snippet.ts';
import { serveOne, testConfig, wholeConfig } from '../support/throwaway-nginx.ts';

const reprinted = (text: string): string => {
  const parsed = parseSnippet(text, 'location');
  return parsed.ok ? printSnippet(limitRegexes(parsed.value)).join('\n') : JSON.stringify(parsed.error);
};

describe('a printed snippet', () => {
  it('gives NGINX the same words', async () => {
    const unit = fc.oneof(
      fc.constantFrom(...'a$ {};#"\'\\()\n\t\r'.split('')),
      fc.constantFrom('é', '日', '${', '\\n'),
    );
    const words = fc.sample(fc.string({ unit }), 1_000);
    const geos = words.map(
      (word, index) => `geo $v${index} { ${printSnippet([{ name: 'default', args: [word] }]).join(' ')} }`,
    );
    const server = words.map((_, index) => `location = /${index} { return 200 "$v${index}"; }`).join('\n');
    await serveOne({ http: `variables_hash_max_size 8192;\n${geos.join('\n')}`, server }, async (get) => {
      for (const [index, word] of words.entries()) {
        expect(await get(`/${index}`)).toEqual({ status: 200, body: word });
      }
    });
  });

  it.each([
    ['a condition on a header', `if ($http_x_a = 'b c') { return 403; }\nreturn 200 "ok\\n"; # done`],
    ['a condition on a path', String.raw`if ($uri ~* "^/(a|b){1,2}\.php$") { return 200 $1; }`],
    ['a condition in words of its own', 'if ( $uri !~* "^/A{1}B" ) { return 404; }'],
    [
      'marked expressions',
      'valid_referers none a.example ~^a; gzip_disable msie6 "a b"; if ($invalid_referer) { return 403; }',
    ],
    ['several conditions', 'if ($arg_a) { set $b 1; } if ($arg_c = "") { set $b "${b}2"; } return 200 "$b";'],
    ['a rewrite', String.raw`rewrite ^/old/(.*)$ /new/$1 redirect;`],
    ['methods', 'limit_except GET POST { deny all; }\nadd_header X "a;b" always;\nexpires -1;'],
    ['escapes', String.raw`return 200 "\"\\ 'x' {} # \t";`],
  ])('answers as it was written: %s', async (_, snippet) => {
    const paths = ['/', '/a.php', '/abb.php', '/old/x?a=1', '/?a=1&c=2', '/c'];
    const answer = (text: string): Promise<unknown> =>
      serveOne({ http: '', server: `location / {\n${text}\n}` }, async (get) => {
        const answers = [];
        for (const path of paths) answers.push(await get(path));
        return answers;
      });
    expect(await answer(reprinted(snippet))).toEqual(await answer(snippet));
  });

  it('cannot leave its location, where the text as written could', async () => {
    const hostile = 'return 200; } location /stolen { return 200;';
    expect(await testConfig(wholeConfig(`server { location / {\n${hostile}\n} }`))).toMatchObject({ accepted: true });
    expect(parseSnippet(hostile, 'location')).toMatchObject({ ok: false });
  });
});

/** A snippet inside of `http`; those of other contexts have no place there, and entries are no directives. */
const around: Readonly<Record<Exclude<SnippetContext, 'stream' | 'main' | 'entries'>, (text: string) => string>> = {
  http: (text) => text,
  server: (text) => `server { ${text} }`,
  'every server': (text) => `server { ${text} }`,
  location: (text) => `server { location / { ${text} } }`,
  'auth location': (text) => `server { location / { ${text} } }`,
  'location of a server': (text) => `server { location / { ${text} } }`,
  if: (text) => `server { location / { if ($arg_a) { ${text} } } }`,
  'if of a server': (text) => `server { if ($arg_a) { ${text} } }`,
  limit_except: (text) => `server { location / { limit_except GET { ${text} } } }`,
};

/** Whatever NGINX has against arguments, it knows the directive there. */
const isMisplaced = (output: string): boolean => /unknown directive|is not allowed here/.test(output);

describe('every directive that snippets may have is one of stock NGINX in this context:', () => {
  it.each(Object.keys(around) as (keyof typeof around)[])('%s', async (context) => {
    const { directives, bodies } = snippetContexts[context];
    const names = [...directives].filter((name) => !editsHeaders(name)).map((name) => `${name} on;`);
    const misplaced = [];
    for (const text of [...names, ...[...bodies.keys()].map((name) => `${name} GET { }`)]) {
      const { output } = await testConfig(wholeConfig(around[context](text)));
      if (isMisplaced(output)) misplaced.push(output);
    }
    expect(misplaced).toEqual([]);
  });

  it('stream', async () => {
    const { load } = await inspectNginx(process.env['NGINX_BINARY'] ?? 'nginx');
    const modules = `load_module "${load.get('stream_module')}";`;
    const misplaced = [];
    for (const name of snippetContexts.stream.directives) {
      const { output } = await testConfig(`${modules} events {} pid nginx.pid; stream { ${name} on; }`);
      if (isMisplaced(output)) misplaced.push(output);
    }
    expect(misplaced).toEqual([]);
  });
});
