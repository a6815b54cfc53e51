import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { hasCode } from '../../values/thrown.ts';
import { TCP_LIMIT, UDP_LIMIT } from './answer.ts';
import { quietPorts } from './quiet-ports.ts';

/** Answers the bytes of one question; nothing for silence. */
export type Reply = (question: Buffer, limit: number) => Promise<Buffer | undefined>;

/** One number on 127.0.0.1, open for UDP and TCP. */
export interface OpenPort {
  readonly port: number;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const ATTEMPTS = 20;
const IDLE_MS = 5_000;
const MOST_CONNECTIONS = 128;

/** Opens this port, or another one where there was none before or somebody took it meanwhile. */
export const openPort = async (before: number | undefined, reply: Reply): Promise<OpenPort> => {
  const candidates = await quietPorts(ATTEMPTS);
  for (const candidate of before === undefined ? candidates : [before, ...candidates]) {
    const open = await tryPort(candidate, reply);
    if (open !== undefined) return open;
  }
  throw new Error(`no port of ${LOOPBACK} is free for both UDP and TCP`);
};

const tryPort = async (wanted: number, reply: Reply): Promise<OpenPort | undefined> => {
  // Without reuseAddr: for UDP it would let a second socket take over the questions of the first.
  const udp = createSocket('udp4');
  const connections = new Set<Socket>();
  const tcp = createServer({ noDelay: true }, (connection) => {
    connections.add(connection.once('close', () => connections.delete(connection)));
    serveConnection(connection, reply);
  });
  tcp.maxConnections = MOST_CONNECTIONS;
  const close = async (): Promise<void> => {
    for (const connection of connections) connection.destroy();
    udp.close();
    if (tcp.listening) await once(tcp.close(), 'close');
  };
  try {
    udp.bind({ port: wanted, address: LOOPBACK, exclusive: true });
    await once(udp, 'listening');
    const { port } = udp.address();
    tcp.listen({ port, host: LOOPBACK, exclusive: true });
    await once(tcp, 'listening');
    serveDatagrams(udp, reply);
    return { port, close };
  } catch (error) {
    await close();
    if (hasCode(error, 'EADDRINUSE', 'EACCES')) return undefined;
    throw error;
  }
};

const serveDatagrams = (socket: UdpSocket, reply: Reply): void => {
  // A lost answer is asked for again; there is nobody to tell.
  socket.on('error', () => undefined);
  let open = true;
  socket.once('close', () => (open = false));
  const serve = async (question: Buffer, from: RemoteInfo): Promise<void> => {
    const answer = await reply(question, UDP_LIMIT);
    if (answer !== undefined && open) socket.send(answer, from.port, from.address, () => undefined);
  };
  socket.on('message', (question, from) => void serve(question, from));
};

/** Messages over TCP have their length in front. */
const serveConnection = (connection: Socket, reply: Reply): void => {
  const serve = async (question: Buffer): Promise<void> => {
    const answer = await reply(question, TCP_LIMIT);
    if (answer !== undefined && connection.writable) connection.write(framed(answer));
  };
  let pending = Buffer.alloc(0);
  connection.setTimeout(IDLE_MS, () => connection.destroy());
  connection.on('error', () => connection.destroy());
  connection.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const question = pending.subarray(2, 2 + pending.readUInt16BE(0));
      pending = pending.subarray(2 + question.length);
      void serve(question);
    }
  });
};

const framed = (message: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
};
