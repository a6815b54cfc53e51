import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { freePort } from '../support/free-port.ts';
import { installation, stateOfObjects } from '../support/hostile-cluster.ts';
import { testOptions } from '../support/plan-options.ts';
import { objectionsTo, withLayout, withNginx } from '../support/replay-nginx.ts';

/** The first line of the answer to a request at an address; empty where the connection is closed without one. */
const statusAt = async (host: string, port: number): Promise<string> => {
  const socket = connect({ host, port });
  socket.write('GET /healthz HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n\r\n');
  const [line = ''] = (await text(socket).catch(() => '')).split('\r\n');
  return line;
};

/** Whether a TLS handshake comes to its end. */
const handsShake = async (host: string, port: number): Promise<boolean> => {
  const socket = connectTls({ host, port, servername: 'x.example', rejectUnauthorized: false });
  const ended = await Promise.race([
    once(socket, 'secureConnect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return ended;
};

describe('bind-address', () => {
  it.each([
    ['two addresses', '127.0.0.1,127.0.0.3', {}, ['127.0.0.1', '127.0.0.3'], ['127.0.0.2']],
    ['an address, with a queue for each worker', '127.0.0.2', { 'reuse-port': 'true' }, ['127.0.0.2'], ['127.0.0.1']],
    ['an address that this machine lacks', '192.0.2.1,127.0.0.1', {}, ['127.0.0.1'], ['127.0.0.2']],
    ['one beside HTTP/3', '192.0.2.1,127.0.0.1', { 'enable-http3': 'true' }, ['127.0.0.1'], ['127.0.0.2']],
  ] as const)('serves %s and closes connections to others', async (_, addresses, others, served, refused) => {
    const ports = { httpPort: await freePort(), httpsPort: await freePort() };
    await withLayout(async (layout) => {
      const state = stateOfObjects(installation({ 'bind-address': addresses, ...others }));
      expect(await objectionsTo(layout, plan(state, testOptions(ports, { layout, accessLog: 'off' })), state)).toEqual(
        [],
      );
      await withNginx(layout, async () => {
        for (const host of served) {
          expect(await statusAt(host, ports.httpPort), host).toBe('HTTP/1.1 200 OK');
          expect(await handsShake(host, ports.httpsPort), host).toBe(true);
        }
        for (const host of refused) {
          expect(await statusAt(host, ports.httpPort), host).toBe('');
          expect(await handsShake(host, ports.httpsPort), host).toBe(false);
        }
      });
    });
  });
});
