import { expect, test } from 'vitest';
import { limits } from './limits.ts';

const parse = (text: string): unknown => limits.keys['limit-connections'].type.parse(text);

test.each([
  ['5', 5],
  ['+5', 5],
  ['0', 0],
  ['-5', 0],
  ['65535', 65_535],
])('a limit of %s is %i, where 0 is none', (text, value) => {
  expect(parse(text)).toEqual({ ok: true, value });
});

test.each(['', '1.5', '5r/s', '65536', '1e3', ' 5', '--5', '99999999999'])('a limit of "%s" is refused', (text) => {
  expect(parse(text)).toMatchObject({ ok: false });
});
