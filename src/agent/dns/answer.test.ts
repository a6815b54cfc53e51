import { decode, encode, type RecordType } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { invariant } from '../../values/invariant.ts';
import { answer, parseQuery, TCP_LIMIT, UDP_LIMIT, type Query } from './answer.ts';
import type { Addresses } from './addresses.ts';

const NAME = 'p80.s1.portico.internal';

const ask = (type: RecordType, name = NAME): Query => {
  const query = parseQuery(encode({ type: 'query', id: 7, flags: 0x0100, questions: [{ type, name, class: 'IN' }] }));
  invariant(query, 'the question is well formed');
  return query;
};

const read = (message: Buffer) => {
  const decoded = decode(message);
  const data = decoded.answers?.map((record) => ('data' in record ? record.data : undefined));
  return { rcode: message.readUInt16BE(2) & 15, truncated: decoded.flag_tc, data };
};

const many = (count: number): Addresses => ({
  ipv4: Array.from({ length: count }, (_, index) => `10.1.${index >> 8}.${index & 255}`),
  ipv6: [],
});

const both: Addresses = { ipv4: ['10.0.0.1', '10.0.0.2'], ipv6: ['2001:db8::a', '2001:db8::1:0:0:b'] };

describe('answer', () => {
  it.each<[string, RecordType, Addresses | undefined, object]>([
    ['gives the addresses of the family', 'A', both, { rcode: 0, data: ['10.0.0.1', '10.0.0.2'] }],
    ['gives the other family', 'AAAA', both, { rcode: 0, data: ['2001:db8::a', '2001:db8::1:0:0:b'] }],
    ['gives no data for a missing family', 'AAAA', many(1), { rcode: 0, data: [] }],
    ['gives the sentinel where nobody is ready', 'A', many(0), { rcode: 0, data: ['255.255.255.255'] }],
    ['gives no IPv6 data where nobody is ready', 'AAAA', many(0), { rcode: 0, data: [] }],
    ['gives no data for another type', 'SRV', both, { rcode: 0, data: [] }],
    ['fails for an unknown name', 'A', undefined, { rcode: 2, data: [] }],
  ])('%s', (...[, type, addresses, expected]) => {
    expect(read(answer(ask(type), addresses, UDP_LIMIT))).toEqual({ truncated: false, ...expected });
  });

  it('repeats id and question and never lets anybody cache', () => {
    const decoded = decode(answer(ask('A', 'P80.S1.portico.internal'), both, UDP_LIMIT));
    expect(decoded.id).toBe(7);
    expect(decoded.questions).toEqual([{ type: 'A', name: 'P80.S1.portico.internal', class: 'IN' }]);
    expect(decoded.answers).toMatchObject([{ ttl: 0 }, { ttl: 0 }]);
  });

  it('fits 253 addresses into one datagram and sends more over TCP', () => {
    expect(read(answer(ask('A'), many(253), UDP_LIMIT))).toMatchObject({ truncated: false, data: { length: 253 } });
    expect(read(answer(ask('A'), many(254), UDP_LIMIT))).toMatchObject({ truncated: true, data: [] });
    expect(read(answer(ask('A'), many(254), TCP_LIMIT))).toMatchObject({ truncated: false, data: { length: 254 } });
  });

  it('gives as many addresses as one message can hold', () => {
    const message = answer(ask('A'), many(5_000), TCP_LIMIT);
    expect(message.length).toBeLessThanOrEqual(TCP_LIMIT);
    expect(read(message)).toMatchObject({ truncated: false, data: { length: 4093 } });
  });
});

describe('parseQuery', () => {
  const query = encode({ type: 'query', id: 1, questions: [{ type: 'A', name: NAME, class: 'IN' }] });
  it.each([
    ['an answer', encode({ type: 'response', id: 1, questions: [{ type: 'A', name: NAME }] })],
    [
      'two questions',
      encode({
        type: 'query',
        questions: [
          { type: 'A', name: 'a' },
          { type: 'A', name: 'b' },
        ],
      }),
    ],
    ['another class', encode({ type: 'query', questions: [{ type: 'A', name: NAME, class: 'CH' }] })],
    ['no question', query.subarray(0, 12)],
    ['a question cut short', query.subarray(0, 20)],
    ['a name that is too long', encode({ type: 'query', questions: [{ type: 'A', name: `${'a.'.repeat(127)}a` }] })],
    ['no bytes', Buffer.alloc(0)],
    ['noise', Buffer.alloc(40, 0xff)],
    ['a name that points at itself', Buffer.from('000100000001000000000000c00c00010001', 'hex')],
  ])('is silent about %s', (_, message) => {
    expect(parseQuery(message)).toBeUndefined();
  });
});
