import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SnippetContext } from '../../src/nginx/snippet-contexts.ts';
import { parseSnippet, printSnippet } from '../../src/nginx/snippet.ts';
import { plan } from '../../src/plan/plan.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { freePort } from '../support/free-port.ts';
import { installation, prefixed, stateOfObjects, tenant, type RawObject } from '../support/hostile-cluster.ts';
import { testOptions } from '../support/plan-options.ts';
import { ask } from '../support/replay-client.ts';
import { objectionsTo, withLayout, withNginx } from '../support/replay-nginx.ts';
import { testConfig, wholeConfig } from '../support/throwaway-nginx.ts';

let pod: Echo;

beforeAll(async () => {
  pod = await startEcho({ name: 'protected' });
});
afterAll(() => pod.close());

/** Server snippets by which a tenant could enter what others protect on the same host. */
const snippets: readonly string[] = [
  'satisfy any;',
  'satisfy any; allow all;',
  'allow all;',
  'auth_request /ok; location = /ok { return 200; }',
  'auth_basic off;',
  'auth_request off;',
  'merge_slashes off;',
  'rewrite ^/evil/(.*)$ /$1 last;',
  'rewrite ^/(.*)$ /private/$1 last;',
  'if ($arg_a = "") { rewrite ^ /private/ last; }',
  'error_page 401 403 =200 /evil;',
  'error_page 401 403 = /private/;',
  'error_page 401 403 =200 /ok; location = /ok { return 200 "ok"; }',
  'recursive_error_pages on; error_page 401 = /either/;',
  'proxy_intercept_errors on; error_page 401 =200 /evil;',
  'set $remote_user user;',
  'set $http_authorization "Basic dXNlcjpzZWNyZXQtb2YtaW5ub2NlbnQ=";',
  'proxy_set_header Authorization "Basic dXNlcjpzZWNyZXQtb2YtaW5ub2NlbnQ=";',
  'set_real_ip_from 0.0.0.0/0; real_ip_header X-Real-IP;',
  'valid_referers none; limit_req_dry_run on;',
  'location ~ ^/private { satisfy any; allow all; }',
  'location ^~ /private { allow all; }',
  'location ~ ^/evil { rewrite ^ /private/ last; }',
  'location ~ ^/evil { error_page 404 = /private/; return 404; }',
  'location /x { auth_request /private/; }',
  'limit_except GET { allow all; }',
];

const isAccepted = async (text: string, context: SnippetContext): Promise<boolean> => {
  const parsed = parseSnippet(text, context);
  if (!parsed.ok) return false;
  const { accepted } = await testConfig(wholeConfig(`server {\n${printSnippet(parsed.value).join('\n')}\n}`));
  return accepted;
};

const protections = {
  private: { 'auth-type': 'basic', 'auth-secret': 'users' },
  inside: { 'allowlist-source-range': '10.0.0.0/8' },
  either: { 'auth-type': 'basic', 'auth-secret': 'users', 'allowlist-source-range': '10.0.0.0/8', satisfy: 'any' },
  password: { 'auth-type': 'basic', 'auth-secret': 'users', satisfy: 'any' },
};

/** A host on which one tenant protects paths and another has a snippet. */
const sharedHost = (snippet: string, index: number): readonly RawObject[] => {
  const host = `h${index}.example`;
  const victim = Object.entries(protections).map(([name, annotations]) =>
    tenant(`v${index}`, {
      ingressName: name,
      host,
      path: `/${name}`,
      defaultService: undefined,
      annotations: prefixed({ ...annotations, 'ssl-redirect': 'false' }),
      address: pod.address,
      slicePort: pod.port,
    }),
  );
  const evil = tenant(`m${index}`, { host, path: '/evil', annotations: prefixed({ 'server-snippet': snippet }) });
  const [first = [], ...others] = victim;
  return [...first, ...others.flatMap((objects) => objects.slice(0, 1)), ...evil];
};

/** Of the host behind the last snippet, which does nothing. */
const authorizationFor = (index: number): string =>
  `Basic ${Buffer.from(`user:secret-of-v${index}`).toString('base64')}`;

const paths = Object.keys(protections).flatMap((name) => [`/${name}`, `/${name}/`, `/${name}/x`, `//${name}/x`]);
const evil = ['/evil', '/evil/private/', '/evil/either/x', '/ok', '/x', '/?a=1'];

it('no accepted server-snippet leads visitors to what another Ingress of the host protects', async () => {
  const accepted: string[] = [];
  for (const text of snippets) if (await isAccepted(text, 'server')) accepted.push(text);
  expect(accepted.length).toBeGreaterThan(10);
  const settings = { 'allow-snippet-annotations': 'true', 'annotations-risk-level': 'Critical' };
  const state = stateOfObjects([...installation(settings), ...[...accepted, 'etag off;'].flatMap(sharedHost)]);
  const ports = { http: await freePort(), https: await freePort() };
  const flags = { httpPort: ports.http, httpsPort: ports.https, endpoints: 'reload' } as const;
  await withLayout(async (layout) => {
    const planned = plan(state, testOptions(flags, { layout, accessLog: 'off' }));
    expect(await objectionsTo(layout, planned, state)).toEqual([]);
    const entered = await withNginx(layout, async () => {
      const enters = async (
        index: number,
        path: string,
        headers: Readonly<Record<string, string>>,
      ): Promise<boolean> => {
        const request = { name: path, host: `h${index}.example`, path, headers, expect: { status: 200 } };
        return (await ask(request, ports)).headers['x-echo-pod'] === 'protected';
      };
      expect(await enters(accepted.length, '/private', { authorization: authorizationFor(accepted.length) })).toBe(
        true,
      );
      const found = [];
      for (const [index, snippet] of accepted.entries())
        for (const path of [...paths, ...evil])
          if (await enters(index, path, { 'x-real-ip': '10.1.1.1' })) found.push({ snippet, path });
      return found;
    });
    expect(entered).toEqual([]);
  });
});
