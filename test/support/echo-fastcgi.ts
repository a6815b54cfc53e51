import { createServer, type Server, type Socket } from 'node:net';

/** What a FastCGI request says. */
export interface FastCgiRequest {
  /** Parameters as received: order and repetitions kept. */
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

const BEGIN = 1;
const END = 3;
const PARAMS = 4;
const STDIN = 5;
const STDOUT = 6;

interface FastCgiRecord {
  readonly type: number;
  readonly id: number;
  readonly content: Buffer;
}

const HEAD = 8;

/** Complete records at the beginning of `bytes`, and what remains. */
const readRecords = (bytes: Buffer): { readonly records: readonly FastCgiRecord[]; readonly rest: Buffer } => {
  const records: FastCgiRecord[] = [];
  let at = 0;
  while (bytes.length - at >= HEAD) {
    const length = bytes.readUInt16BE(at + 4);
    const end = at + HEAD + length + bytes.readUInt8(at + 6);
    if (bytes.length < end) break;
    const content = bytes.subarray(at + HEAD, at + HEAD + length);
    records.push({ type: bytes.readUInt8(at + 1), id: bytes.readUInt16BE(at + 2), content });
    at = end;
  }
  return { records, rest: bytes.subarray(at) };
};

/** A length is one byte, or four with the first bit set. */
const readLength = (bytes: Buffer, at: number): readonly [length: number, next: number] => {
  const first = bytes.readUInt8(at);
  return first < 0x80 ? [first, at + 1] : [bytes.readUInt32BE(at) & 0x7f_ff_ff_ff, at + 4];
};

const readParams = (bytes: Buffer): FastCgiRequest['params'] => {
  const params: (readonly [string, string])[] = [];
  for (let at = 0; at < bytes.length;) {
    const [nameLength, afterName] = readLength(bytes, at);
    const [valueLength, start] = readLength(bytes, afterName);
    const middle = start + nameLength;
    at = middle + valueLength;
    params.push([bytes.toString('utf8', start, middle), bytes.toString('utf8', middle, at)]);
  }
  return params;
};

const record = (type: number, id: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(1, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(id, 2);
  head.writeUInt16BE(content.length, 4);
  return Buffer.concat([head, content]);
};

const serve = (socket: Socket, answer: (request: FastCgiRequest) => string): void => {
  let bytes = Buffer.alloc(0);
  const params: Buffer[] = [];
  const body: Buffer[] = [];
  const parts: ReadonlyMap<number, Buffer[]> = new Map([
    [PARAMS, params],
    [STDIN, body],
  ]);
  socket.on('data', (chunk: Buffer) => {
    const { records, rest } = readRecords(Buffer.concat([bytes, chunk]));
    bytes = Buffer.from(rest);
    for (const { type, id, content } of records) {
      if (type !== BEGIN) parts.get(type)?.push(content);
      if (type !== STDIN || content.length > 0) continue;
      const text = answer({ params: readParams(Buffer.concat(params)), body: Buffer.concat(body) });
      socket.write(Buffer.concat([record(STDOUT, id, Buffer.from(text)), record(STDOUT, id, Buffer.alloc(0))]));
      socket.end(record(END, id, Buffer.alloc(8)));
    }
  });
};

/** A FastCGI server that takes one request a connection and answers with a CGI document. */
export const createFastCgiServer = (answer: (request: FastCgiRequest) => string): Server =>
  createServer((socket) => serve(socket, answer));
