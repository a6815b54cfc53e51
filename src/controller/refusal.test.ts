import { describe, expect, test } from 'vitest';
import { objectRef } from '../values/object-ref.ts';
import { blameFor, describeError, isShortage } from './refusal.ts';

describe('a shortage of the machine', () => {
  test.each([
    'bind() to 0.0.0.0:80 failed (98: Address already in use)',
    'bind() to [2001:db8::1]:80 failed (99: Cannot assign requested address)',
    'still could not bind()',
    'mmap(MAP_ANON|MAP_SHARED, 33554432) failed (12: Cannot allocate memory)',
    'open() "/run/portico/run/nginx.pid" failed (28: No space left on device)',
    'socket() 0.0.0.0:80 failed (24: Too many open files)',
  ])('is seen in %s', (text) => {
    expect(isShortage([{ text }])).toBe(true);
  });

  test.each([
    'unknown directive "bind() to x failed (98: Address already in use)"',
    'open() "/x failed (98: y) z" failed (2: No such file or directory)',
    'bind() to 0.0.0.0:80 failed (13: Permission denied)',
    'host not found in upstream "still could not bind()"',
    '',
  ])('is not seen in %s', (text) => {
    expect(isShortage([{ text }])).toBe(false);
  });

  test('explains a refusal only where nothing else was said', () => {
    expect(isShortage([])).toBe(false);
    expect(isShortage([{ text: 'still could not bind()' }, { text: 'unknown directive "x"' }])).toBe(false);
  });
});

test('a complaint is one short line with its place', () => {
  expect(describeError({ file: 'a.conf', line: 3, text: 'bad\n[emerg]\u2028 x' })).toBe('a.conf:3: bad [emerg] x');
  expect(describeError({ text: 'x'.repeat(1000) })).toHaveLength(300);
});

test('blame falls on Ingresses alone, each with what was said first', () => {
  const web = objectRef('Ingress', 'default', 'web');
  const refs = [objectRef('ConfigMap', 'default', 'nginx'), web, web, undefined];
  const errors = refs.map((_, line) => ({ line, text: `error ${line}` }));
  expect([...blameFor(errors, ({ line }) => refs[line ?? 0])]).toEqual([[web, 'error 1']]);
});
