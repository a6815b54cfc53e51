import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const PORT = 7000;

/** Pods of the cases of our own that speak no HTTP. */
const TCP_POD = { name: 'line1', address: '10.244.20.1' };
const UDP_POD = { name: 'datagram1', address: '10.244.21.1' };

const answerTo = (name: string, said: Buffer): string => `${name} got ${said.toString()}`;

/** Starts pods that answer what they got, one by TCP and one by UDP; returns how to stop them. */
export const openLinePods = async (): Promise<() => void> => {
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    // What comes ends with a dot, in one piece or in several.
    let said = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]);
      if (said.at(-1) === 0x2e) socket.end(answerTo(TCP_POD.name, said));
    });
  });
  tcp.listen(PORT, TCP_POD.address);
  const udp = createSocket('udp4').bind(PORT, UDP_POD.address);
  udp.on('message', (said, { port, address }) => udp.send(answerTo(UDP_POD.name, said), port, address));
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
  return () => {
    tcp.close();
    udp.close();
  };
};
