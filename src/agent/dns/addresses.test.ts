import { expect, it } from 'vitest';
import { addressBytes, ipv6Words } from './addresses.ts';

it.each([
  ['10.0.255.1', '0a00ff01'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['fe80::', 'fe800000000000000000000000000000'],
  ['2001:db8::1:0:0:b', '20010db800000000000100000000000b'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ['64:ff9b::192.0.2.1', '0064ff9b0000000000000000c0000201'],
])('the bytes of %s', (address, hex) => {
  expect(Buffer.from(addressBytes(address)).toString('hex')).toBe(hex);
});

it('an IPv6 address has eight words however it is written', () => {
  expect(ipv6Words('a::b')).toEqual([0xa, 0, 0, 0, 0, 0, 0, 0xb]);
});
