import { describe, expect, test } from 'vitest';
import { blame, blamePort } from './blame.ts';

const text = [
  'http {', // 1
  '    map "${ssl_server_name}" $pt_certificate {', // 2
  '        "\\\\a" /x.pem; # from Secret/ns/cert', // 3
  '    }', // 4
  '', // 5
  '    # from Ingress/ns/older', // 6
  '    # from Ingress/ns/newer', // 7
  '    server {', // 8
  '        server_name "a";', // 9
  '        # from Ingress/ns/newer', // 10
  '        if ($uri = "/") {', // 11
  '            return 302 "/x";', // 12
  '        }', // 13
  '', // 14
  '        # from Ingress/ns/odd%20name', // 15
  '        location "/" {', // 16
  '            proxy_pass http://u;', // 17
  '        }', // 18
  '    }', // 19
  '}', // 20
].join('\n');

const generation = { digest: 'd', files: [{ path: 'nginx.conf', text }] };

describe('blame', () => {
  test.each([
    ['a directive in a location', 17, 'Ingress/ns/odd name'],
    ['the line of a location', 16, 'Ingress/ns/odd name'],
    ['a directive in a condition of the server', 12, 'Ingress/ns/newer'],
    ['a condition of the server', 11, 'Ingress/ns/newer'],
    ['the line of a server, where the nearest comment counts', 8, 'Ingress/ns/newer'],
  ])('finds the Ingress of %s', (_what, line, ref) => {
    expect(blame(generation, { file: 'nginx.conf', line, text: '' })).toBe(ref);
  });

  test.each([
    ['a line of an object that is no Ingress', { file: 'nginx.conf', line: 3 }],
    ['a line that nobody asked for', { file: 'nginx.conf', line: 1 }],
    ['a line that does not exist', { file: 'nginx.conf', line: 99 }],
    ['a file that does not exist', { file: 'other.conf', line: 1 }],
    ['no line', { file: 'nginx.conf' }],
    ['no file', {}],
  ])('blames nobody for %s', (_what, place) => {
    expect(blame(generation, { ...place, text: '' })).toBeUndefined();
  });
});

describe('a path that looks like a comment', () => {
  const forged = [
    '    # from Ingress/mallory/evil',
    '    server {',
    '        # from Ingress/mallory/evil',
    '        location "/# from Ingress/innocent/shop" {',
    '            rewrite "/x; # from Ingress/innocent/shop" "/%" break;',
    '            proxy_pass http://u;',
    '        }',
    '    }',
  ];

  test.each(forged.map((line, index) => [line.trim(), index + 1] as const))(
    'blames its own Ingress: %s',
    (_line, line) => {
      const files = [{ path: 'nginx.conf', text: forged.join('\n') }];
      expect(blame({ digest: 'd', files }, { file: 'nginx.conf', line, text: '' })).toBe('Ingress/mallory/evil');
    },
  );
});

describe('the port of a TCP or UDP service', () => {
  const streams = [{ port: 9009 }, { port: 53 }];

  test.each([
    ['bind() to 0.0.0.0:9009 failed (98: Address already in use)', 9009],
    ['bind() to [::]:53 failed (13: Permission denied)', 53],
    ['listen() to 0.0.0.0:9009, backlog 511 failed (98: Address already in use)', 9009],
  ])('is blamed for %s', (text, port) => {
    expect(blamePort(streams, { text })).toBe(port);
  });

  test.each([
    ['a port of nobody', 'bind() to 0.0.0.0:80 failed (98: Address already in use)'],
    ['an address that is missing', 'bind() to 10.0.0.1:9009 failed (99: Cannot assign requested address)'],
    ['a socket of ours', 'bind() to unix:/run/x:9009 failed (98: Address already in use)'],
    ['the end of all attempts', 'still could not bind()'],
    ['text of somebody', 'unknown directive "bind() to 0.0.0.0:9009 failed (98: Address already in use)"'],
  ])('is not blamed for %s', (_what, text) => {
    expect(blamePort(streams, { text })).toBeUndefined();
  });
});
