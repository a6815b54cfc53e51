import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Redacted } from '../values/redacted.ts';
import { createLogger, type Logger } from './logger.ts';

const linesOf = (options: { verbosity?: number; isTTY?: boolean }, write: (log: Logger) => void): readonly string[] => {
  const stream = Object.assign(new PassThrough(), { isTTY: options.isTTY === true });
  const now = (): Date => new Date('2026-11-21T03:04:05.678Z');
  write(createLogger({ verbosity: options.verbosity ?? 0, stream, now }));
  const text = String(stream.read() ?? '');
  return text.split('\n').slice(0, -1);
};

test('a log that no person reads has one JSON object a line', () => {
  expect(linesOf({}, (log) => log.warn('careful', { object: 'Ingress/a/b', tests: 2 }))).toEqual([
    '{"time":"2026-11-21T03:04:05.678Z","level":"warn","message":"careful","object":"Ingress/a/b","tests":2}',
  ]);
});

test('a terminal gets short lines', () => {
  const write = (log: Logger): void => log.error('broken "x"', { code: 'publish', why: 'no space', tests: 2 });
  expect(linesOf({ isTTY: true }, write)).toEqual(['03:04:05 error broken "x" code=publish why="no space" tests=2']);
});

test.each([
  [0, ['info']],
  [1, ['info']],
  [2, ['debug', 'info']],
  [5, ['debug', 'info']],
])('verbosity %i shows the levels %j', (verbosity, levels) => {
  const write = (log: Logger): void => {
    log.debug('x');
    log.info('x');
  };
  expect(linesOf({ verbosity }, write).map((line) => JSON.parse(line).level)).toEqual(levels);
});

test.each([true, false])('hostile text stays on its line and moves no cursor (terminal: %s)', (isTTY) => {
  const hostile = 'a\nb\r\u001b[2J\u0000\u007f\u009b\u2028c';
  const lines = linesOf({ isTTY }, (log) => log.info(hostile, { field: hostile, [hostile]: 1 }));
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
});

test('key material is not shown', () => {
  const [line] = linesOf({}, (log) => log.info('secret', { key: new Redacted('PRIVATE KEY') }));
  expect(line).toContain('[redacted]');
});
