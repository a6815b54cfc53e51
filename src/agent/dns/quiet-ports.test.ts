import { expect, it } from 'vitest';
import { firstQuietPort, quietPorts } from './quiet-ports.ts';

it.each([
  ['above the range that Linux sets', '32768\t60999\n', 61_000],
  ['not where the range ends near the top', '1024\t65000\n', undefined],
  ['not where the range is unknown', '', undefined],
])('the first quiet port is %s', (_, range, expected) => {
  expect(firstQuietPort(range)).toBe(expected);
});

it('there are as many candidates as asked for', async () => {
  expect(await quietPorts(64)).toHaveLength(64);
});
