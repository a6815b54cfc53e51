import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Resolver } from 'node:dns/promises';
import { streamDecode, streamEncode, type Packet } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import type { Addresses } from './addresses.ts';
import { DnsResponder } from './responder.ts';

const addresses: Record<string, Addresses> = {
  'web.portico.internal': { ipv4: ['10.0.0.1'], ipv6: [] },
  'large.portico.internal': { ipv4: Array.from({ length: 1_000 }, (_, n) => `10.1.${n >> 8}.${n & 255}`), ipv6: [] },
};

const running: DnsResponder[] = [];

const start = async (before: readonly number[], count: number) => {
  const responder = new DnsResponder((name) => Promise.resolve(addresses[name]));
  running.push(responder);
  return { responder, ports: await responder.open(before, count) };
};

const resolverOn = (port: number | undefined): Resolver => {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return resolver;
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((responder) => responder.close()));
});

const question = (name: string): Packet => ({ type: 'query', id: 1, questions: [{ type: 'A', name, class: 'IN' }] });

describe('DnsResponder', () => {
  it('answers on each of its ports', async () => {
    const { ports } = await start([], 3);
    expect(new Set(ports).size).toBe(3);
    for (const port of ports) expect(await resolverOn(port).resolve4('web.portico.internal')).toEqual(['10.0.0.1']);
  });

  it('fails for an unknown name, so that a resolver does not take it for gone', async () => {
    const { ports } = await start([], 1);
    await expect(resolverOn(ports[0]).resolve4('gone.portico.internal')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('sends a large answer over TCP', async () => {
    const { ports } = await start([], 1);
    expect(await resolverOn(ports[0]).resolve4('large.portico.internal')).toHaveLength(1_000);
  });

  it('answers several questions of one connection, however they are cut', async () => {
    const { ports } = await start([], 1);
    const connection = connect({ port: ports[0] ?? 0, host: '127.0.0.1', noDelay: true });
    const questions = ['web.portico.internal', 'gone.portico.internal'].map((name) => streamEncode(question(name)));
    for (const byte of Buffer.concat(questions)) connection.write(Buffer.of(byte));
    const answers = new Map<number | undefined, number | undefined>();
    let received = Buffer.alloc(0);
    for await (const chunk of connection) {
      received = Buffer.concat([received, chunk]);
      while (received.length > 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const message = streamDecode(received);
        answers.set(message.questions?.[0]?.name.length, message.answers?.length);
        received = received.subarray(2 + received.readUInt16BE(0));
      }
      if (answers.size === 2) break;
    }
    expect(Object.fromEntries(answers)).toEqual({ 20: 1, 21: 0 });
  });

  it('takes its ports again after a restart, and another one where a port was taken', async () => {
    const first = await start([], 3);
    await first.responder.close();
    const [taken = 0, ...free] = first.ports;
    const thief = createSocket('udp4').bind(taken, '127.0.0.1');
    await once(thief, 'listening');
    const second = await start(first.ports, 3);
    thief.close();
    expect(second.ports.slice(1)).toEqual(free);
    expect(second.ports[0]).not.toBe(taken);
  });

  it('says when names were asked for from now on', async () => {
    const { responder, ports } = await start([], 1);
    const resolver = resolverOn(ports[0]);
    await resolver.resolve4('web.portico.internal');
    const giveUp = new AbortController();
    const names = new Set(['web.portico.internal', 'large.portico.internal']);
    const [all, some] = [
      responder.whenAsked(names, AbortSignal.timeout(10_000)),
      responder.whenAsked(names, giveUp.signal),
    ];
    await resolver.resolve4('large.portico.internal');
    giveUp.abort();
    expect(await some).toEqual(new Set(['web.portico.internal']));
    await resolver.resolve4('web.portico.internal');
    expect(await all).toEqual(new Set());
  });
});
