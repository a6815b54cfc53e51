import { describe, expect, it } from 'vitest';
import {
  encodeDesired,
  encodeShard,
  encodeStatus,
  MAX_STATUS_BYTES,
  parseDesired,
  parseShard,
  parseStatus,
} from './codec.ts';
import type { Desired, EndpointShard, Status } from './messages.ts';

const digest = 'ab'.repeat(32);

const desired: Desired = { protocol: 1, digest, attempt: 3, runtimeRevision: 'cd'.repeat(16), shards: ['00-ff.json'] };

const shard: EndpointShard = {
  names: {
    'p80.s1.portico.internal': { ipv4: ['10.0.0.1'], ipv6: ['2001:db8::1'] },
    'p80.empty.portico.internal': { ipv4: [], ipv6: [] },
    'p443.out.portico.internal': { external: 'example.com.' },
  },
};

const status: Status = {
  protocol: 1,
  phase: 'refused',
  digest,
  attempt: 3,
  errors: [{ file: 'nginx.conf', line: 12, text: 'unknown directive "foo"' }, { text: 'no place' }],
  generations: [
    { digest, workers: 2 },
    { digest: 'unknown', workers: 1 },
  ],
  nginx: { version: '1.30.6', modules: ['http_v2_module'], ipv6: true },
};

describe('what was encoded is parsed to the same value', () => {
  it('desired', () => expect(parseDesired(encodeDesired(desired))).toEqual({ ok: true, value: desired }));
  it('shard', () => expect(parseShard(encodeShard(shard))).toEqual({ ok: true, value: shard }));
  it('status', () => expect(parseStatus(encodeStatus(status))).toEqual({ ok: true, value: status }));
});

const changed = (value: object, change: object): string => JSON.stringify({ ...value, ...change });

describe('parseDesired refuses', () => {
  it.each([
    ['what is not JSON', '{', 'current.json to be JSON'],
    [
      'what is not an object',
      '[]',
      'current.json to speak protocol 1, got undefined: controller and agent must be of one release',
    ],
    [
      'another protocol version, whatever else it holds',
      '{"protocol":2,"new":1}',
      'current.json to speak protocol 1, got 2: controller and agent must be of one release',
    ],
    [
      'a digest that leaves its folder',
      changed(desired, { digest: '../../../etc' }),
      'current.json.digest to be a digest',
    ],
    [
      'a shard that leaves its folder',
      changed(desired, { shards: ['a', '..'] }),
      'current.json.shards[1] to be a file name',
    ],
    ['an attempt that is not whole', changed(desired, { attempt: 1.5 }), 'current.json.attempt to be a whole number'],
    ['a missing field', changed(desired, { shards: undefined }), 'current.json.shards to be a list of at most 10000'],
    ['a field that it does not know', changed(desired, { extra: 1 }), 'current.json without the field "extra"'],
  ])('%s', (_, source, error) => {
    expect(parseDesired(source)).toEqual({ ok: false, error });
  });
});

const shardOf = (name: string, answer: unknown): string => JSON.stringify({ names: { [name]: answer } });

describe('parseShard refuses', () => {
  const empty = { ipv4: [], ipv6: [] };
  const name = 'p80.s1.portico.internal';
  it.each([
    [
      'a name outside our suffix',
      shardOf('example.com', empty),
      'a key of endpoints.names to be a lower-case name below .portico.internal',
    ],
    [
      'a name that JavaScript knows',
      '{"names":{"__proto__":{"ipv4":[],"ipv6":[]}}}',
      'a key of endpoints.names to be a lower-case name below .portico.internal',
    ],
    [
      'upper case',
      shardOf('P80.portico.internal', empty),
      'a key of endpoints.names to be a lower-case name below .portico.internal',
    ],
    [
      'an address of the other family',
      shardOf(name, { ipv4: ['::1'], ipv6: [] }),
      `endpoints.names[${name}].ipv4[0] to be an IPv4 address`,
    ],
    [
      'a network',
      shardOf(name, { ipv4: ['10.0.0.0/8'], ipv6: [] }),
      `endpoints.names[${name}].ipv4[0] to be an IPv4 address`,
    ],
    [
      'a space in a host name',
      shardOf(name, { external: 'a b' }),
      `endpoints.names[${name}].external to be a host name or an IP address`,
    ],
    [
      'addresses beside a host name',
      shardOf(name, { ...empty, external: 'a' }),
      `endpoints.names[${name}] without the field "ipv4"`,
    ],
  ])('%s', (_, source, error) => {
    expect(parseShard(source)).toEqual({ ok: false, error });
  });
});

describe('parseStatus', () => {
  it.each([
    [
      'an unknown phase',
      changed(status, { phase: 'done' }),
      'status.json.phase to be one of starting, testing, loading, live, refused, failed',
    ],
    [
      'a long text',
      changed(status, { errors: [{ text: 'x'.repeat(501) }] }),
      'status.json.errors[0].text to be text of at most 500 characters',
    ],
    ['a null', changed(status, { live: null }), 'status.json.live to be a digest'],
    ['more bytes than allowed', ' '.repeat(MAX_STATUS_BYTES + 1), 'status.json to have at most 262144 bytes'],
  ])('refuses %s', (_, source, error) => {
    expect(parseStatus(source)).toEqual({ ok: false, error });
  });

  it('takes whatever NGINX complained, because encodeStatus cuts it', () => {
    const errors = Array.from({ length: 50 }, () => ({ file: 'f'.repeat(900), text: '\u{1f600}'.repeat(900) }));
    const parsed = parseStatus(encodeStatus({ ...status, errors }));
    expect(parsed.ok && parsed.value.errors).toHaveLength(20);
  });
});
