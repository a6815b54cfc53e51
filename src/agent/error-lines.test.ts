import { describe, expect, it } from 'vitest';
import { layoutIn } from '../protocol/layout.ts';
import { invariant } from '../values/invariant.ts';
import { isObjection, parseErrorLine, toNginxError } from './error-lines.ts';

const { run } = layoutIn('/state');

const read = (line: string) => {
  const parsed = parseErrorLine(line);
  invariant(parsed, 'NGINX wrote this line');
  return parsed;
};

describe('parseErrorLine', () => {
  it.each([
    [
      'stderr before a log was opened',
      'nginx: [emerg] no "events" section',
      { level: 'emerg', text: 'no "events" section' },
    ],
    [
      'a log',
      '2026/11/21 03:00:09 [emerg] 48#49: still could not bind()',
      { level: 'emerg', pid: 48, text: 'still could not bind()' },
    ],
    [
      'a connection',
      '2026/11/21 03:00:09 [alert] 48#48: *7 open socket left',
      { level: 'alert', pid: 48, text: 'open socket left' },
    ],
  ])('reads a line of %s', (_, line, expected) => {
    expect(parseErrorLine(line)).toEqual(expected);
  });

  it.each(['nginx: configuration file /run/nginx.conf test failed', 'evil\nnginx: [warn] x', '', '[emerg] x'])(
    'takes %j for something else',
    (line) => {
      expect(parseErrorLine(line)).toBeUndefined();
    },
  );
});

describe('toNginxError', () => {
  it.each([
    [
      'of a tested generation',
      'no "}" in /state/run/generations/abc/nginx.conf:12',
      { file: 'nginx.conf', line: 12, text: 'no "}"' },
    ],
    [
      'of a tested file in a folder',
      'bad in /state/run/generations/abc/sites/a.conf:3',
      { file: 'sites/a.conf', line: 3, text: 'bad' },
    ],
    [
      'of the running configuration',
      'bad in /state/run/current/nginx.conf:7',
      { file: 'nginx.conf', line: 7, text: 'bad' },
    ],
    [
      'of the running generation',
      'bad in /state/run/current/sites/a.conf:7',
      { file: 'sites/a.conf', line: 7, text: 'bad' },
    ],
    ['of no generation', 'bad in /state/run/local-user.conf:1', { text: 'bad in /state/run/local-user.conf:1' }],
    [
      'of nothing',
      'bind() to 0.0.0.0:80 failed (98: Address already in use)',
      { text: 'bind() to 0.0.0.0:80 failed (98: Address already in use)' },
    ],
    [
      'of a file named in the text',
      'a in /x:1 in /state/run/current/nginx.conf:2',
      { file: 'nginx.conf', line: 2, text: 'a in /x:1' },
    ],
  ])('takes the place %s', (_, text, expected) => {
    expect(toNginxError({ level: 'emerg', text }, run)).toEqual(expected);
  });
});

describe('isObjection', () => {
  it.each([
    [true, 'nginx: [emerg] unknown directive "x" in /state/run/nginx.conf:1'],
    [true, 'nginx: [warn] conflicting server name "a.test" on 0.0.0.0:80, ignored'],
    [true, 'nginx: [alert] mmap(1) failed'],
    [false, 'nginx: [notice] signal process started'],
    [false, 'nginx: [warn] could not build optimal server_names_hash, you should increase either x'],
    [false, 'nginx: [warn] 65536 worker_connections exceed open file resource limit: 1024'],
    [
      false,
      'nginx: [warn] the "user" directive makes sense only if the master process runs with super-user privileges',
    ],
  ])('%s: %s', (expected, line) => {
    expect(isObjection(read(line))).toBe(expected);
  });
});
