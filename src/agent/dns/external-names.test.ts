import { describe, expect, it } from 'vitest';
import { ExternalNames, type Upstream } from './external-names.ts';

type Family = readonly [string, number] | 'ENOTFOUND' | 'ENODATA' | 'ESERVFAIL' | 'silence';

/** A resolver whose answers the test sets, and a clock that it moves. */
const world = () => {
  const state = { ipv4: 'ENODATA' as Family, ipv6: 'ENODATA' as Family, now: 0, asked: 0, connected: 0 };
  const reply = (family: 'ipv4' | 'ipv6'): ReturnType<Upstream['resolve4']> => {
    state.asked += 1;
    const set = state[family];
    if (set === 'silence') return Promise.withResolvers<never>().promise;
    if (typeof set === 'string') return Promise.reject(Object.assign(new Error(set), { code: set }));
    return Promise.resolve([{ address: set[0], ttl: set[1] }]);
  };
  const names = new ExternalNames({
    connect: () => {
      state.connected += 1;
      return { resolve4: () => reply('ipv4'), resolve6: () => reply('ipv6') };
    },
    now: () => state.now,
    own: () => ['10.9.9.9'],
  });
  return { state, names };
};

const NOBODY = { ipv4: [], ipv6: [] };

describe('ExternalNames', () => {
  it('asks for both families once and remembers them for the shorter TTL', async () => {
    const { state, names } = world();
    Object.assign(state, { ipv4: ['192.0.2.1', 30], ipv6: ['2001:db8::1', 5] });
    const both = { ipv4: ['192.0.2.1'], ipv6: ['2001:db8::1'] };
    expect(await Promise.all([names.find('a.test'), names.find('a.test')])).toEqual([both, both]);
    state.now = 4_999;
    await names.find('a.test');
    expect(state.asked).toBe(2);
    state.now = 5_000;
    await names.find('a.test');
    expect(state.asked).toBe(4);
  });

  it('remembers for a second at least', async () => {
    const { state, names } = world();
    state.ipv4 = ['192.0.2.1', 0];
    await names.find('a.test');
    state.now = 999;
    await names.find('a.test');
    expect(state.asked).toBe(2);
  });

  it('keeps the last good addresses while nobody answers, and connects anew', async () => {
    const { state, names } = world();
    state.ipv4 = ['192.0.2.1', 1];
    await names.find('a.test');
    Object.assign(state, { ipv4: 'ESERVFAIL', ipv6: 'ESERVFAIL', now: 60_000 });
    expect(await names.find('a.test')).toEqual({ ipv4: ['192.0.2.1'], ipv6: [] });
    expect(state.connected).toBe(2);
  });

  it('keeps the last good addresses of the one family that fails', async () => {
    const { state, names } = world();
    Object.assign(state, { ipv4: ['192.0.2.1', 1], ipv6: ['2001:db8::1', 1] });
    await names.find('a.test');
    Object.assign(state, { ipv4: ['192.0.2.2', 1], ipv6: 'ESERVFAIL', now: 60_000 });
    expect(await names.find('a.test')).toEqual({ ipv4: ['192.0.2.2'], ipv6: ['2001:db8::1'] });
  });

  it('answers with the last good addresses when an answer takes too long', async () => {
    const { state, names } = world();
    state.ipv4 = ['192.0.2.1', 1];
    await names.find('a.test');
    Object.assign(state, { ipv4: 'silence', now: 60_000 });
    expect(await names.find('a.test')).toEqual({ ipv4: ['192.0.2.1'], ipv6: [] });
  });

  it('knows nothing of a host that nobody ever answered for', async () => {
    const { state, names } = world();
    Object.assign(state, { ipv4: 'ESERVFAIL', ipv6: 'ESERVFAIL' });
    expect(await names.find('a.test')).toBeUndefined();
  });

  it.each(['ENOTFOUND', 'ENODATA'] as const)('takes %s for an answer: nobody', async (code) => {
    const { state, names } = world();
    state.ipv4 = ['192.0.2.1', 1];
    await names.find('a.test');
    Object.assign(state, { ipv4: code, ipv6: code, now: 60_000 });
    expect(await names.find('a.test')).toEqual(NOBODY);
  });

  it('takes an address for itself, unless a name must not lead there', async () => {
    const { state, names } = world();
    expect(await names.find('192.0.2.9')).toEqual({ ipv4: ['192.0.2.9'], ipv6: [] });
    expect(await names.find('2001:db8::9')).toEqual({ ipv4: [], ipv6: ['2001:db8::9'] });
    expect(await names.find('127.0.0.1')).toEqual(NOBODY);
    expect(await names.find('10.9.9.9')).toEqual(NOBODY);
    expect(state.asked).toBe(0);
  });
});
