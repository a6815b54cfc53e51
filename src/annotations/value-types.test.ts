import { describe, expect, test } from 'vitest';
import { bool, byteSize, cidrList, listOf, onOff, oneOf, seconds, wholeNumber, type ValueType } from './value-types.ts';

const size = byteSize({ min: 0, max: 1024 ** 3 });
const word = listOf('words', /^[a-z]+$/, 'a');

const good: readonly (readonly [string, ValueType<unknown>, string, unknown])[] = [
  ['bool', bool, 'T', true],
  ['bool', bool, '0', false],
  ['onOff', onOff, 'off', false],
  ['seconds', seconds, '3600', 3600],
  ['seconds', seconds, '+5', 5],
  ['size', size, '0', 0],
  ['size', size, '8M', 8 * 1024 ** 2],
  ['size', size, '10 k', 10 * 1024],
  ['oneOf', oneOf(['HTTP', 'GRPC']), ' grpc ', 'GRPC'],
  ['cidrList', cidrList, '10.1.1.1/8, 1.2.3.4,1.2.3.4', ['1.2.3.4', '10.0.0.0/8']],
  ['listOf', word, 'a, b,,', ['a', 'b']],
];

const bad: readonly (readonly [string, ValueType<unknown>, string])[] = [
  ['bool', bool, 'yes'],
  ['bool', bool, ''],
  ['onOff', onOff, 'On'],
  ['onOff', onOff, 'true'],
  ['seconds', seconds, '5s'],
  ['seconds', seconds, '0'],
  ['seconds', seconds, '-1'],
  ['seconds', seconds, '1e3'],
  ['seconds', seconds, '2000001'],
  ['number', wholeNumber(2, 4), '5'],
  ['size', size, '10b'],
  ['size', size, '2g'],
  ['size', size, 'bogus'],
  ['size', size, '1k\n'],
  ['oneOf', oneOf(['HTTP']), 'HTTPX'],
  ['cidrList', cidrList, '10.0.0.0/8,nonsense'],
  ['cidrList', cidrList, ''],
  ['cidrList', cidrList, '10.0.0.0/8,'],
  ['listOf', word, 'a, B'],
];

describe('values', () => {
  test.each(good)('%s takes %#', (_name, type, text, value) => {
    expect(type.parse(text)).toEqual({ ok: true, value });
  });

  test.each(bad)('%s refuses %#', (_name, type, text) => {
    const parsed = type.parse(text);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.error.length).toBeGreaterThan(0);
  });
});
