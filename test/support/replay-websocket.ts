import { on } from 'node:events';
import type { Socket } from 'node:net';

const TEXT = 0x81;
const MASKED = 0x80;

/** A client's text message of at most 125 bytes; a mask of zeros leaves it readable. */
const encodeMessage = (text: string): Buffer => {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([TEXT, MASKED | payload.length, 0, 0, 0, 0]), payload]);
};

/** The payloads of the complete short frames in these bytes. */
const messagesIn = (bytes: Buffer): readonly string[] => {
  const [, length] = bytes;
  if (length === undefined || bytes.length < 2 + length) return [];
  return [bytes.subarray(2, 2 + length).toString(), ...messagesIn(bytes.subarray(2 + length))];
};

/**
 * Sends a message over a WebSocket of an echo backend, which says its name first; resolves with what comes back. `head`
 * is what the socket received beyond the handshake.
 */
export const exchangeMessage = async (socket: Socket, head: Buffer, text: string): Promise<string> => {
  socket.write(encodeMessage(text));
  let received = head;
  for await (const [chunk] of on(socket, 'data', { close: ['close', 'end'] }) as AsyncIterable<[Buffer]>) {
    received = Buffer.concat([received, chunk]);
    const [, echoed] = messagesIn(received);
    if (echoed !== undefined) return echoed;
  }
  throw new Error('the WebSocket ended without an answer');
};
