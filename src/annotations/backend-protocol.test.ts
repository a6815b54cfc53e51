import { describe, expect, it } from 'vitest';
import { backendProtocol } from './backend-protocol.ts';

const { keys } = backendProtocol;

describe('proxy-ssl-verify', () => {
  it.each([
    ['on', true],
    ['true', true],
    ['yes', true],
    ['off', false],
    ['false', false],
    ['no', false],
  ])('%s says %s', (text, value) => {
    expect(keys['proxy-ssl-verify'].type.parse(text)).toEqual({ ok: true, value });
    expect(keys['proxy-ssl-verify'].protects(text)).toBe(value);
  });

  it.each(['', 'ON', 'optional', 'on;', 'off on'])('%j says nothing, and may protect', (text) => {
    expect(keys['proxy-ssl-verify'].type.parse(text).ok).toBe(false);
    expect(keys['proxy-ssl-verify'].protects(text)).toBe(true);
  });
});

describe('proxy-ssl-secret', () => {
  it.each(['', 'ca', '/ca', 'shop/', 'a/b/c', 'shop/ca;', 'shop/$x', ' shop/ca'])('refuses %j', (text) => {
    expect(keys['proxy-ssl-secret'].type.parse(text).ok).toBe(false);
  });
});

describe('proxy-ssl-name', () => {
  it.each(['', '$http_host', '$http_x_name', 'a.$host', 'a b', 'a"b', 'a;b', 'a'.repeat(254)])('refuses %j', (text) => {
    expect(keys['proxy-ssl-name'].type.parse(text).ok).toBe(false);
  });

  it('takes a name, and the host in both forms', () => {
    for (const text of ['pods.shop.svc', '$host', '${host}'])
      expect(keys['proxy-ssl-name'].type.parse(text)).toMatchObject({ ok: true, value: { text } });
  });
});

describe('proxy-ssl-protocols', () => {
  it('names each once, in the order of NGINX', () => {
    expect(keys['proxy-ssl-protocols'].type.parse('TLSv1.3  TLSv1.2 TLSv1.3')).toEqual({
      ok: true,
      value: ['TLSv1.2', 'TLSv1.3'],
    });
  });

  it.each(['', 'TLSv1.1', 'TLSv1.1 TLSv1.2', 'tlsv1.2', 'TLSv1.2,TLSv1.3'])('refuses %j', (text) => {
    expect(keys['proxy-ssl-protocols'].type.parse(text).ok).toBe(false);
  });
});
