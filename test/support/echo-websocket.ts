import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** One whole WebSocket frame, its payload unmasked. */
interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Accepts a WebSocket handshake, says `name` in a first message, then sends every message back. */
export const echoWebSocket = (name: string, request: IncomingMessage, socket: Duplex): void => {
  const key = request.headers['sec-websocket-key'];
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nX-Echo-Pod: ${name}\r\n\r\n`,
  );
  socket.write(encodeFrame({ opcode: TEXT, payload: Buffer.from(name) }));
  echoFrames(socket);
};

const echoFrames = (socket: Duplex): void => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let read = takeFrame(rest); read !== undefined; read = takeFrame(rest)) {
      rest = read.rest;
      answer(socket, read.frame);
    }
  });
};

const answer = (socket: Duplex, frame: Frame): void => {
  if (frame.opcode === CLOSE) socket.end(encodeFrame(frame));
  else socket.write(encodeFrame(frame.opcode === PING ? { ...frame, opcode: PONG } : frame));
};

const takeFrame = (bytes: Buffer): { readonly frame: Frame; readonly rest: Buffer } | undefined => {
  const sizes = readSizes(bytes);
  if (sizes === undefined || bytes.length < sizes.header + sizes.payload) return undefined;
  const end = sizes.header + sizes.payload;
  const payload = Buffer.from(bytes.subarray(sizes.header, end));
  // A client must mask; the four bytes of the mask are the last of the header.
  const mask = bytes.subarray(sizes.header - 4, sizes.header);
  payload.forEach((byte, index) => (payload[index] = byte ^ (mask[index % 4] ?? 0)));
  return { frame: { opcode: bytes.readUInt8(0) & 15, payload }, rest: bytes.subarray(end) };
};

const readSizes = (bytes: Buffer): { readonly header: number; readonly payload: number } | undefined => {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 127;
  if (short < 126) return { header: 6, payload: short };
  if (short === 126) return bytes.length < 4 ? undefined : { header: 8, payload: bytes.readUInt16BE(2) };
  return bytes.length < 10 ? undefined : { header: 14, payload: Number(bytes.readBigUInt64BE(2)) };
};

const encodeFrame = ({ opcode, payload }: Frame): Buffer =>
  Buffer.concat([frameHeader(opcode, payload.length), payload]);

const frameHeader = (opcode: number, length: number): Buffer => {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, length]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header.writeUInt8(first, 0);
  header.writeUInt8(length < 65_536 ? 126 : 127, 1);
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return header;
};
