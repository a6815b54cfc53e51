import { createSocket } from 'node:dgram';
import { startEcho } from '../../support/echo-backend.ts';

const { POD_NAME = 'echo', VERSION = 'one' } = process.env;
const name = `${VERSION}/${POD_NAME}`;
const echo = await startEcho({ name, address: '0.0.0.0', port: 8080 });
const datagrams = createSocket('udp4').bind(8080);
datagrams.on('message', (sent, { port, address }) => datagrams.send(`${name} ${sent.toString()}`, port, address));
process.once('SIGTERM', () => {
  datagrams.close();
  void echo.close();
});
