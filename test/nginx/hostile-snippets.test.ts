import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSnippet } from '../../src/nginx/snippet.ts';
import { blame } from '../../src/plan/blame.ts';
import { prefixed, tenant } from '../support/hostile-cluster.ts';
import { startNeighbours, type Neighbours, type Visit } from '../support/hostile-neighbours.ts';
import { namedGroups, nginxVariables } from '../support/hostile-strings.ts';

let neighbours: Neighbours;
let undisturbed: readonly Visit[];

const allowing = { 'allow-snippet-annotations': 'true', 'annotations-risk-level': 'Critical' };

beforeAll(async () => {
  neighbours = await startNeighbours();
  undisturbed = (await neighbours.serve(neighbours.stateWith([], allowing))).visits;
});
afterAll(() => neighbours.close());

const ours = ['pt_dollar', 'pt_1', 'best_http_host', 'proxy_upstream_name', 'PT_dollar', '{pt_dollar}'];
const names = [...nginxVariables, ...ours];
const groups = namedGroups(names).map((path) => path.slice(1));

/** Snippets that reach for what belongs to others. */
const snippets: readonly string[] = [
  ...names.map((name) => `set $${name} stolen;`),
  ...names.map((name) => `auth_request_set $${name} stolen;`),
  ...groups.map((group) => `if ($uri ~ "${group}") { return 204; }`),
  ...groups.map((group) => `rewrite "${group}" /stolen break;`),
  ...groups.map((group) => `proxy_cookie_path "~${group}" /;`),
  ...groups.map((group) => `proxy_redirect "~${group}" /;`),
  ...groups.map((group) => `valid_referers "~${group}";`),
  'set $x "\n# from Ingress/innocent/shop\n";',
  'set $x "# from Ingress/innocent/shop";\nno_such_directive "; # from Ingress/innocent/shop";',
  'no_such_directive x;',
  'proxy_set_header Host evil.example; proxy_set_header X-A $pt_access_scheme;',
  'proxy_set_header "a: b" c;',
  "add_header ' x;\nadd_header ' y;",
  'return 200 "owned";',
  'error_page 404 502 /stolen;',
  'satisfy any; allow all;',
  'limit_rate 1;',
  'resolver 192.0.2.1;',
  'set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;',
  'ssl_certificate /x;',
  'listen 1;',
  'server_name shop.example;',
  'internal;',
  'stub_status;',
  'if ($host = "}") { return 200; }',
  '}}} http { server { listen 1; } }',
  'location /stolen { return 200; }',
  '{ }',
  ';;',
  '"',
  '\\',
  '# only a comment',
  'return 200 # ;\n;',
];

/** What a location of a server could reach for. */
const forServers: readonly string[] = [
  'location / { return 200 "owned"; }',
  'location = /api { return 200 "owned"; }',
  'location ~ . { return 200 "owned"; }',
  'location ^~ /.well-known { return 200; }',
  'location /a { satisfy any; allow all; }',
  'location /a { set $args stolen; return 200 $args; }',
  'location /a { no_such_directive x; }',
  'location /a { return 200; } location /a { return 200; }',
  'location "/a # from Ingress/innocent/shop" { return 200; }',
  'if ($host) { return 200 "owned"; }',
  'rewrite ^ /stolen last;',
  'error_page 404 502 /stolen;',
  'add_header X-Injected: 1;',
  'client_max_body_size 1; client_max_body_size 2;',
  'large_client_header_buffers 1 1k;',
  'ignore_invalid_headers off; underscores_in_headers on;',
  'keepalive_timeout 0;',
  'deny all;',
];

type Key = 'configuration-snippet' | 'server-snippet';

const accepted = {
  'configuration-snippet': snippets.filter((text) => parseSnippet(text, 'location').ok),
  'server-snippet': [...snippets, ...forServers].filter((text) => parseSnippet(text, 'server').ok),
};

/** Many at once while NGINX takes them, else each alone. */
const serveEach = async (key: Key, texts: readonly string[]): Promise<readonly string[]> => {
  const objects = texts.flatMap((text, index) => tenant(`m${index}`, { annotations: prefixed({ [key]: text }) }));
  const { planned, objections, visits } = await neighbours.serve(neighbours.stateWith(objects, allowing));
  if (objections.length === 0) return JSON.stringify(visits) === JSON.stringify(undisturbed) ? [] : texts;
  if (texts.length > 1) {
    const half = Math.ceil(texts.length / 2);
    return [...(await serveEach(key, texts.slice(0, half))), ...(await serveEach(key, texts.slice(half)))];
  }
  const [, line] = /nginx\.conf:(\d+)$/.exec(objections[0] ?? '') ?? [];
  const culprit = blame(planned.generation, { file: 'nginx.conf', line: Number(line), text: objections[0] ?? '' });
  return culprit === 'Ingress/m0/evil' ? [] : texts;
};

describe('a snippet that is accepted', () => {
  it.each(['configuration-snippet', 'server-snippet'] as const)(
    'as %s changes nothing for neighbours, and is to blame itself where NGINX refuses it',
    async (key) => {
      expect(accepted[key].length).toBeGreaterThan(25);
      expect(await serveEach(key, accepted[key])).toEqual([]);
    },
  );
});

it('a snippet captures into no variable', () => {
  const capturing = snippets.filter((text) => groups.some((group) => text.includes(group)));
  expect(capturing.filter((text) => parseSnippet(text, 'location').ok)).toEqual([]);
});
