import { expect, it } from 'vitest';
import { allowedAddresses } from './allowed-addresses.ts';

it.each([
  ['this machine by the loopback', '127.8.9.1'],
  ['this machine by IPv6', '::1'],
  ['this machine by an address of its own', '10.9.9.9'],
  ['this machine by an IPv6 address of its own, written differently', '2001:db8:0::9'],
  ['IPv4 in IPv6 clothes', '::ffff:127.0.0.1'],
  ['the metadata service of a cloud', '169.254.169.254'],
  ['the link', 'fe80::1'],
  ['a group', '224.0.0.1'],
  ['an IPv6 group', 'ff02::1'],
  ['nowhere', '0.0.0.0'],
  ['nowhere in IPv6', '::'],
  ['everybody', '255.255.255.255'],
])('a name never leads to %s', (_, address) => {
  expect(allowedAddresses([address, '192.0.2.1'], ['10.9.9.9', '2001:db8::9'])).toEqual(['192.0.2.1']);
});

it.each(['10.0.0.1', '192.168.1.1', '8.8.8.8', '2001:db8::1', 'fd00::1'])('a name may lead to %s', (address) => {
  expect(allowedAddresses([address], ['10.9.9.9', '2001:db8::9'])).toEqual([address]);
});
