/** The question of a message; what else a message holds is of no interest. */
export interface Question {
  /** In lower case. */
  readonly name: string;
  readonly type: number;
  /** Its bytes as they came, which the answer repeats. */
  readonly bytes: Buffer;
}

const HEADER = 12;
const QUESTION_COUNT_AT = 4;
const LONGEST_LABEL = 63;
/** 253 characters, and the length of the first label. */
const LONGEST_NAME = 254;
const INTERNET = 1;
/** Type and class. */
const AFTER_NAME = 4;

/** Reads the one question of a message; nothing where there is another number of them, or none that is whole. */
export const readQuestion = (message: Buffer): Question | undefined => {
  if (message.length < HEADER || message.readUInt16BE(QUESTION_COUNT_AT) !== 1) return undefined;
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    const next = at + 1 + length;
    // A longer one is a pointer, and there is nothing to point to.
    if (length > LONGEST_LABEL || next - HEADER > LONGEST_NAME) return undefined;
    labels.push(message.toString('latin1', at + 1, next));
    at = next;
  }
  const end = at + 1 + AFTER_NAME;
  if (end > message.length || message.readUInt16BE(at + 3) !== INTERNET) return undefined;
  const type = message.readUInt16BE(at + 1);
  return { name: labels.join('.').toLowerCase(), type, bytes: message.subarray(HEADER, end) };
};
