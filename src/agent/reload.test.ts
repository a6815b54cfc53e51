import { expect, it } from 'vitest';
import { isFinal } from './reload.ts';

it.each([
  [false, 'bind() to 0.0.0.0:80 failed (98: Address already in use)'],
  [false, 'listen() to 0.0.0.0:80, backlog 511 failed (98: Address already in use)'],
  [true, 'still could not bind()'],
  [true, 'bind() to 0.0.0.0:80 failed (13: Permission denied)'],
  [true, 'unknown directive "x" in /state/run/current/nginx.conf:1'],
])('NGINX has given up (%s) when it says: %s', (expected, text) => {
  expect(isFinal({ level: 'emerg', text })).toBe(expected);
});
