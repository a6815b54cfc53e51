import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../nginx/argument.ts';
import { parseConfig } from '../nginx/lexer.ts';
import { authExpression } from './auth-text.ts';
import { authHeaderText, authUrl, cacheDurations, headerNames, signInUrl } from './auth-values.ts';

const names = { namespace: 'shop', ingress: 'web', service: 'app', port: '80' };

const server = (text: string): unknown => {
  const parsed = authUrl.parse(text);
  return parsed.ok ? parsed.value.callee : parsed.error === authUrl.label;
};

const path = (text: string): unknown => {
  const parsed = authUrl.parse(text);
  return parsed.ok && encode('complex', authExpression(parsed.value.path.parts, names)).text;
};

describe('authUrl', () => {
  it.each([
    ['http://auth.tools.svc/', { scheme: 'http', host: 'auth.tools.svc', port: 80 }],
    ['https://AUTH.example.com', { scheme: 'https', host: 'auth.example.com', port: 443 }],
    ['http://10.244.6.1:8080/a', { scheme: 'http', host: '10.244.6.1', port: 8080 }],
    ['https://$host/a', { scheme: 'https', port: 443 }],
    ['https://${http_host}:8443/a', { scheme: 'https', port: 8443 }],
    ['http://$best_http_host', { scheme: 'http', port: 80 }],
  ])('%s asks %j', (text, callee) => expect(server(text)).toEqual(callee));

  it.each([
    ['http://a.example', '"/"'],
    ['http://a.example?a=b', '"/?a=b"'],
    ['http://a.example/$namespace/$ingress_name', '"/shop/web"'],
    ['http://a.example/?u=$scheme://$host$request_uri', '"/?u=${scheme}://${host}${request_uri}"'],
    ['http://a.example/?s=$pass_access_scheme', '"/?s=${pt_access_scheme}"'],
  ])('%s asks for %s', (text, printed) => expect(path(text)).toBe(printed));

  it.each([
    '',
    'a',
    '/a',
    'auth.example',
    '//a.example',
    'ftp://a.example',
    'http://',
    'http://auth',
    'http://a.localhost',
    'http://127.0.0.1',
    'http://169.254.169.254/',
    'http://user@a.example',
    'http://[::1]/',
    'http://*.example',
    'http://a.example:0',
    'http://a.example:65536',
    'http://a.example:',
    'http://a.$host',
    'http://$hosts/',
    'http://$arg_x/',
    'http://a.example/$arg_x',
    'http://a.example/$uri',
    'http://a.example/$1',
    'http://a.example/$',
    'http://a.example/$http_x',
    'http://a.example/$escaped_request_uri',
    'http://a.example/$pt_port',
    'http://a.example/ b',
    'http://a.example/"',
    'http://a.example/;',
    'http://a.example/#',
    'http://a.example/%20',
    'http://a.example/{',
    'http://a.example/\\',
    "http://a.example/'",
    'http://a.example/${host',
    'http://a.example/\n',
  ])('%j is none', (text) => expect(server(text)).toBe(true));

  it('prints one word, whatever it takes', () => {
    const word = fc.constantFrom(
      '/',
      '?',
      '&',
      '=',
      'a',
      '$host',
      '${request_uri}',
      '$scheme',
      '"',
      ';',
      '}',
      ' ',
      '\\',
      '%2f',
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const parsed = authUrl.parse(`http://a.example/${words.join('')}`);
        if (!parsed.ok) return;
        const printed = encode('pass', authExpression(parsed.value.path.parts, names)).text;
        const read = parseConfig(`proxy_pass ${printed};`);
        expect(read.ok && read.value.map(({ args }) => args.length)).toEqual([1]);
      }),
    );
  });
});

describe('signInUrl', () => {
  it.each(['https://$host/oauth2/start?rd=$escaped_request_uri', '/login', 'http://login.example/?m=$request_method'])(
    '%s is a place to sign in',
    (text) => expect(signInUrl.parse(text).ok).toBe(true),
  );
  it.each(['', 'login', '//evil.example', 'javascript:alert(1)', 'https:///a', 'https://a/$arg_x', 'https://a/"'])(
    '%j is none',
    (text) => expect(signInUrl.parse(text).ok).toBe(false),
  );
});

describe('authHeaderText', () => {
  it.each(['a b', 'id $request_id', '${http_x_tenant};', '"quoted"'])('%s may be a header', (text) =>
    expect(authHeaderText(text)?.text).toBe(text),
  );
  it.each(['a\nb', 'a\u0000', 'ä', '$', '$1', '$uri', '$arg_x', '$cookie_a', '$pt_port', 'a'.repeat(2_001)])(
    '%j may not',
    (text) => expect(authHeaderText(text)).toBeUndefined(),
  );
});

describe('headerNames', () => {
  it.each(['X-User', 'X-A, X_B,Authorization', 'Host'])('%s are headers', (text) =>
    expect(headerNames.parse(text).ok).toBe(true),
  );
  it.each([
    '',
    ',',
    'X User',
    'X-A;',
    'Content-Length',
    'X-A,transfer_encoding',
    'Connection',
    'X'.repeat(65),
    'X,'.repeat(101),
  ])('%j are none', (text) => expect(headerNames.parse(text).ok).toBe(false));
});

describe('cacheDurations', () => {
  it.each([
    ['5m', ['5m']],
    ['200 202 10m, 401 1m', ['200 202 10m', '401 1m']],
    ['500ms', ['500ms']],
  ])('%s are times', (text, items) => expect(cacheDurations.parse(text)).toEqual({ ok: true, value: items }));
  it.each(['', '200', '200;5m', '200 foo 5m', '5m 200', '100 5m', '0m', '5', '5m,', 'any 5m', '200 1h30m'])(
    '%j are none',
    (text) => expect(cacheDurations.parse(text).ok).toBe(false),
  );
});
