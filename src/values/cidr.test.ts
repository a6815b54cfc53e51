import { expect, test } from 'vitest';
import { parseCidr } from './cidr.ts';

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3/32', '10.1.2.3/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['192.168.129.7/17', '192.168.128.0/17'],
  ['::1', '::1'],
  ['::/0', '::/0'],
  ['2001:DB8:1:2:3:4:5:6/32', '2001:db8::/32'],
  ['2001:db8::ffff/127', '2001:db8::fffe/127'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
])('%s is %s in network form', (text, expected) => {
  expect(parseCidr(text)).toEqual({ ok: true, value: expected });
});

test.each([
  '',
  'x',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/8/8',
  '::/129',
  'fe80::1%eth0',
  '1.2.3.4\n',
  ' 1.2.3.4',
])('%j is no address or network', (text) => {
  expect(parseCidr(text).ok).toBe(false);
});
