import { expect, it } from 'vitest';
import { cipherList } from './cipher-list.ts';

it.each([
  'HIGH',
  'ECDHE-ECDSA-AES128-GCM-SHA256:AES128-SHA',
  'EECDH+AESGCM:EDH+AESGCM',
  'HIGH:!aNULL:!MD5:@SECLEVEL=1',
])('%s is a cipher list', (text) => {
  expect(cipherList.parse(text)).toEqual({ ok: true, value: text });
});

it.each([
  '',
  'a',
  'AES128-SHA',
  '!aNULL',
  'HIGH:!HIGH',
  'HIGH:!AES',
  'HIGH:-ALL',
  'HIGH:@SECLEVEL=5',
  'HIGH;',
  'HIGH ',
  'HIGH:$x',
  'HIGH\n',
])('%j is none that surely matches a cipher', (text) => {
  expect(cipherList.parse(text).ok).toBe(false);
});
