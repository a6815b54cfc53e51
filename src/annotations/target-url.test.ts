import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encode } from '../nginx/argument.ts';
import { targetUrl } from './target-url.ts';

test.each([
  ['http://a.example', { scheme: 'http', host: 'a.example', port: 80 }, undefined],
  ['https://A.Example/', { scheme: 'https', host: 'a.example', port: 443 }, '/'],
  ['http://10.1.2.3:8080/x?y=z', { scheme: 'http', host: '10.1.2.3', port: 8080 }, '/x?y=z'],
  ['http://a.b.svc:1$request_uri', { scheme: 'http', host: 'a.b.svc', port: 1 }, [{ variable: 'request_uri' }]],
  ['http://a.b.svc/x${host}/y', { scheme: 'http', host: 'a.b.svc', port: 80 }, ['/x', { variable: 'host' }, '/y']],
])('%s names a server and a path', (text, server, path) => {
  const parts = Array.isArray(path) ? { path: { parts: path } } : path === undefined ? {} : { path };
  expect(targetUrl.parse(text)).toEqual({ ok: true, value: { text, server, ...parts } });
});

test.each([
  ['nothing', ''],
  ['a path', '/x'],
  ['another scheme', 'ftp://a.example/'],
  ['a name without a dot', 'http://a/'],
  ['a name of this machine', 'http://a.localhost/'],
  ['an address of this machine', 'http://127.0.0.1/'],
  ['an address of this link', 'http://169.254.169.254/'],
  ['an address written otherwise', 'http://0x7f.0.0.1/'],
  ['a number instead of an address', 'http://1.2.3/'],
  ['an IPv6 address', 'http://[::1]/'],
  ['a wildcard', 'http://*.a.example/'],
  ['a user', 'http://me@a.example/'],
  ['port 0', 'http://a.example:0/'],
  ['a port that is too large', 'http://a.example:65536/'],
  ['a server that a client chooses', 'http://$host/'],
  ['a server that begins as one and goes on with what a client says', 'http://a.example$host/'],
  ['a port that a client chooses', 'http://a.example:$http_port/'],
  ['a port that a client continues', 'http://a.example:80$request_urix'],
  ['decoded bytes of a client', 'http://a.example/$uri'],
  ['a header of a client', 'http://a.example/$http_x'],
  ['a capture', 'http://a.example/$1'],
  ['a variable of ours', 'http://a.example/$pt_dollar'],
  ['a variable that is not closed', 'http://a.example/${host'],
  ['a lone dollar', 'http://a.example/$'],
  ['a fragment', 'http://a.example/#x'],
  ['a space', 'http://a.example/ b'],
  ['a backslash', 'http://a.example\\b.example/'],
  ['the end of a line', 'http://a.example/\n'],
])('%s is refused', (_, text) => {
  expect(targetUrl.parse(text).ok).toBe(false);
});

const piece = fc.oneof(
  fc.constantFrom(
    'http://',
    'https://',
    'a.example',
    '10.0.0.1',
    ':80',
    '/',
    '$request_uri',
    '${host}',
    '$',
    '"',
    ';',
    '}',
  ),
  fc.string({ maxLength: 5 }),
  fc.stringMatching(/^[a-z0-9./:?&=@-]{0,8}$/),
);

test('whatever is taken names its server as written, and its path prints as one quoted word', () => {
  fc.assert(
    fc.property(piece, piece, piece, piece, piece, (...pieces) => {
      const text = pieces.join('');
      const parsed = targetUrl.parse(text);
      if (!parsed.ok) return;
      const { server, path = '' } = parsed.value;
      expect(text.toLowerCase().startsWith(`${server.scheme}://${server.host}`)).toBe(true);
      expect(server.host).toMatch(/^[a-z0-9.-]+$/);
      expect(encode('complex', path).text).toMatch(/^"([^"\\$]|\$\{(host|request_uri)\})*"$/);
    }),
    { numRuns: 5_000 },
  );
});
