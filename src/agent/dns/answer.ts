import { AUTHORITATIVE_ANSWER, decode, encode, TRUNCATED_RESPONSE, type Question } from 'dns-packet';
import { addressBytes, NOBODY, type Addresses } from './addresses.ts';

/** A question that can be answered. */
export interface Query {
  readonly id: number;
  readonly recursion: number;
  readonly question: Question;
  /** In lower case. */
  readonly name: string;
}

/** Bytes that a transport carries in one answer. NGINX's buffer for UDP has 4,096. */
export const UDP_LIMIT = 4096;
export const TCP_LIMIT = 65_535;

const SERVER_FAILURE = 2;
const RECURSION_DESIRED = 0x0100;
/** QR and OPCODE: only a standard question is answered. */
const NOT_A_QUESTION = 0xf800;

const ANSWER_COUNT_AT = 6;
/** Name (a pointer to the question's), type, class, TTL 0, length of the data. */
const RECORD_HEAD = 12;
const TYPE = { A: 1, AAAA: 28 } as const;

/** Reads a question; nothing where the bytes are none, which is answered with silence. */
export const parseQuery = (message: Buffer): Query | undefined => {
  try {
    if (message.length < 12 || (message.readUInt16BE(2) & NOT_A_QUESTION) !== 0) return undefined;
    const { id = 0, questions: [question, ...more] = [] } = decode(message);
    if (question === undefined || more.length > 0 || question.class !== 'IN') return undefined;
    const recursion = message.readUInt16BE(2) & RECURSION_DESIRED;
    return { id, recursion, question, name: question.name.toLowerCase() };
  } catch {
    return undefined;
  }
};

/**
 * The answer to a question, with TTL 0. A name without addresses is unknown: SERVFAIL, on which NGINX keeps the peers
 * that it has. What does not fit is left out and said so, so that NGINX asks again over TCP.
 */
export const answer = (query: Query, addresses: Addresses | undefined, limit: number): Buffer => {
  if (addresses === undefined) return head(query, SERVER_FAILURE);
  const { type } = query.question;
  const asked = type === 'A' || type === 'AAAA' ? records(type, someone(addresses)) : [];
  const message = head(query, AUTHORITATIVE_ANSWER);
  const room = Math.floor((limit - message.length) / (asked[0]?.length ?? 1));
  if (asked.length > room && limit < TCP_LIMIT) return head(query, AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE);
  const given = asked.slice(0, room);
  message.writeUInt16BE(given.length, ANSWER_COUNT_AT);
  return Buffer.concat([message, ...given]);
};

const someone = (addresses: Addresses): Addresses =>
  addresses.ipv4.length + addresses.ipv6.length === 0 ? NOBODY : addresses;

const head = ({ id, recursion, question }: Query, flags: number): Buffer =>
  encode({ type: 'response', id, flags: flags | recursion, questions: [question] });

/** Ours, because dns-packet prints every name in full: 4,000 endpoints would not fit into any answer. */
const records = (type: 'A' | 'AAAA', { ipv4, ipv6 }: Addresses): readonly Buffer[] =>
  (type === 'A' ? ipv4 : ipv6).map((address) => {
    const bytes = addressBytes(address);
    const record = Buffer.alloc(RECORD_HEAD + bytes.length);
    record.writeUInt16BE(0xc000 | 12, 0);
    record.writeUInt16BE(TYPE[type], 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(bytes.length, 10);
    record.set(bytes, RECORD_HEAD);
    return record;
  });
