import { addressBytes, NOBODY, type Addresses } from './addresses.ts';
import { readQuestion, type Question } from './question.ts';

/** A question that can be answered. */
export interface Query extends Question {
  readonly id: number;
  readonly recursion: number;
}

/** Bytes that a transport carries in one answer. NGINX's buffer for UDP has 4,096. */
export const UDP_LIMIT = 4096;
export const TCP_LIMIT = 65_535;

const SERVER_FAILURE = 2;
const RESPONSE = 0x8000;
const AUTHORITATIVE_ANSWER = 0x0400;
const TRUNCATED_RESPONSE = 0x0200;
const RECURSION_DESIRED = 0x0100;
/** QR and OPCODE: only a standard question is answered. */
const NOT_A_QUESTION = 0xf800;

const HEADER = 12;
const FLAGS_AT = 2;
const QUESTION_COUNT_AT = 4;
const ANSWER_COUNT_AT = 6;
/** Name (a pointer to the question's), type, class, TTL 0, length of the data. */
const RECORD_HEAD = 12;
const TYPE_AAAA = 28;
const TYPE_A = 1;

/** Reads a question; nothing where the bytes are none, which is answered with silence. */
export const parseQuery = (message: Buffer): Query | undefined => {
  const question = readQuestion(message);
  if (question === undefined || (message.readUInt16BE(FLAGS_AT) & NOT_A_QUESTION) !== 0) return undefined;
  const recursion = message.readUInt16BE(FLAGS_AT) & RECURSION_DESIRED;
  return { id: message.readUInt16BE(0), recursion, ...question };
};

/**
 * The answer to a question, with TTL 0. A name without addresses is unknown: SERVFAIL, on which NGINX keeps the peers
 * that it has. What does not fit is left out and said so, so that NGINX asks again over TCP.
 */
export const answer = (query: Query, addresses: Addresses | undefined, limit: number): Buffer => {
  if (addresses === undefined) return write(query, SERVER_FAILURE, []);
  const asked = ofType(query.type, someone(addresses));
  const size = RECORD_HEAD + (asked[0]?.length ?? 0);
  const room = Math.floor((limit - HEADER - query.bytes.length) / size);
  if (asked.length > room && limit < TCP_LIMIT) return write(query, AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE, []);
  return write(query, AUTHORITATIVE_ANSWER, asked.slice(0, room));
};

const someone = (addresses: Addresses): Addresses =>
  addresses.ipv4.length + addresses.ipv6.length === 0 ? NOBODY : addresses;

/** The bytes of the addresses that a question of this type asks for. */
const ofType = (type: number, { ipv4, ipv6 }: Addresses): readonly (readonly number[])[] => {
  if (type === TYPE_A) return ipv4.map(addressBytes);
  return type === TYPE_AAAA ? ipv6.map(addressBytes) : [];
};

/**
 * Written by hand: NGINX asks for every name once a second, and thousands of names right after a reload, where whoever
 * is slow loses questions. Names are pointers, or 4,000 addresses would not fit into any answer.
 */
const write = (
  { id, recursion, bytes, type }: Query,
  flags: number,
  records: readonly (readonly number[])[],
): Buffer => {
  const size = RECORD_HEAD + (records[0]?.length ?? 0);
  const message = Buffer.alloc(HEADER + bytes.length + records.length * size);
  message.writeUInt16BE(id, 0);
  message.writeUInt16BE(RESPONSE | flags | recursion, FLAGS_AT);
  message.writeUInt16BE(1, QUESTION_COUNT_AT);
  message.writeUInt16BE(records.length, ANSWER_COUNT_AT);
  message.set(bytes, HEADER);
  for (const [index, record] of records.entries()) {
    const at = HEADER + bytes.length + index * size;
    message.writeUInt16BE(0xc000 | HEADER, at);
    message.writeUInt16BE(type, at + 2);
    message.writeUInt16BE(1, at + 4);
    message.writeUInt16BE(record.length, at + 10);
    message.set(record, at + RECORD_HEAD);
  }
  return message;
};
