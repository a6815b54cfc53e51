import { fail, ok, type Result } from '../values/result.ts';

/** A place in a text, counted from 1; columns count characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where NGINX would stop reading, and what it needs there; `expected` completes "expected …". */
export interface LexError extends Position {
  readonly expected: string;
}

/** One word of a statement. */
export interface Word {
  /** What NGINX takes it for: without its quotes, escapes resolved. */
  readonly value: string;
  /** As written, between the quotes if there are any. */
  readonly raw: string;
  readonly at: Position;
}

/** What one call of NGINX's `ngx_conf_read_token` delivers: words and the character that ended them. */
export interface Statement {
  readonly end: ';' | '{' | '}' | 'end of file';
  readonly words: readonly Word[];
  /** Of the ending character; its line is the one that NGINX names in its messages. */
  readonly endAt: Position;
}

/** A text that is being read. */
export interface Source {
  /** UTF-8, one byte a character: NGINX knows bytes only, and its limit counts them. */
  readonly bytes: string;
  offset: number;
  readonly positionAt: (offset: number) => Position;
}

/** NGINX reads through a buffer of this size and needs a word, from its start until after its end, within it. */
const BUFFER = 4_096;

const BLANK = /[ \t\r\n]*/y;
const COMMENT = /#[^\n]*/y;
const ESCAPE = /\\(["'\\tnr])/g;
const ESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };
/** `${` and any further `{` belong to the word; a backslash takes the next byte along, whatever it is. */
const BARE = /(?:\\[^]|\$\{*|[^ \t\r\n;{\\$])+/y;
const QUOTED = { '"': /(?:\\[^]|[^"\\])*/y, "'": /(?:\\[^]|[^'\\])*/y } as const;

const encodeBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const decodeBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

const matchAt = (pattern: RegExp, text: string, offset: number): string => {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
};

/** Goes on from the place asked for last, because the questions come in order of the text. */
const positionFinder = (bytes: string): ((offset: number) => Position) => {
  let [seen, line, column] = [0, 1, 1];
  return (offset) => {
    if (offset < seen) [seen, line, column] = [0, 1, 1];
    const lines = bytes.slice(seen, offset).split('\n');
    const characters = decodeBytes(lines.at(-1) ?? '').length;
    column = (lines.length === 1 ? column : 1) + characters;
    line += lines.length - 1;
    seen = offset;
    return { line, column };
  };
};

/** A text at its beginning. */
export const openSource = (text: string): Source => {
  const bytes = encodeBytes(text);
  return { bytes, offset: 0, positionAt: positionFinder(bytes) };
};

const errorAt = (source: Source, offset: number, expected: string): Result<never, LexError> =>
  fail({ ...source.positionAt(offset), expected });

/** A token is not complete within the buffer: because it is too long, or because the text ends. */
const unfinished = (source: Source, start: number): Result<never, LexError> =>
  start + BUFFER < source.bytes.length
    ? errorAt(source, start, `a word or comment of less than ${BUFFER} bytes`)
    : errorAt(source, source.bytes.length, '";" or "{" before the end of the text');

/** Skips white space and comments; a comment begins only where a word could. */
const skipBlank = (source: Source): Result<void, LexError> => {
  for (;;) {
    source.offset += matchAt(BLANK, source.bytes, source.offset).length;
    const comment = matchAt(COMMENT, source.bytes, source.offset);
    if (comment === '') return ok(undefined);
    if (comment.length >= BUFFER && source.offset + BUFFER < source.bytes.length) {
      return unfinished(source, source.offset);
    }
    source.offset += comment.length;
  }
};

const isSpace = (byte: string | undefined): boolean => byte === ' ' || byte === '\t' || byte === '\r' || byte === '\n';

const mayFollow = (byte: string): boolean => isSpace(byte) || byte === ';' || byte === '{';

/** A word between two offsets, and where reading goes on. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

const takeWord = (source: Source, { start, end, next }: Span): Result<Word, LexError> => {
  // NGINX forgets a word only when it reads the byte behind the blank that ended it.
  const blank = isSpace(source.bytes[next]) ? 1 : 0;
  if (blank === 1 && next + 1 === start + BUFFER) return unfinished(source, start);
  const raw = decodeBytes(source.bytes.slice(start, end));
  const value = raw.replaceAll(ESCAPE, (_, char: string) => ESCAPED[char] ?? char);
  source.offset = next + blank;
  return ok({ value, raw, at: source.positionAt(start) });
};

const readQuoted = (source: Source, quote: '"' | "'"): Result<Word, LexError> => {
  const start = source.offset + 1;
  const window = source.bytes.slice(start, start + BUFFER);
  const { length } = matchAt(QUOTED[quote], window, 0);
  const next = window[length + 1];
  if (window[length] !== quote || next === undefined) return unfinished(source, start);
  const end = start + length;
  if (next === ')' || mayFollow(next)) return takeWord(source, { start, end, next: end + 1 });
  return errorAt(source, end + 1, 'a space, ";", "{" or ")" after a quoted word');
};

const readBare = (source: Source): Result<Word, LexError> => {
  const start = source.offset;
  const window = source.bytes.slice(start, start + BUFFER);
  const { length } = matchAt(BARE, window, 0);
  if (!mayFollow(window[length] ?? '')) return unfinished(source, start);
  return takeWord(source, { start, end: start + length, next: start + length });
};

const readWord = (source: Source): Result<Word, LexError> => {
  const byte = source.bytes[source.offset];
  return byte === '"' || byte === "'" ? readQuoted(source, byte) : readBare(source);
};

/** The end of a statement at this byte, or nothing where another word begins. */
const readEnd = (source: Source, words: readonly Word[]): Result<Statement, LexError> | undefined => {
  const { bytes, offset } = source;
  const end = bytes[offset];
  const empty = words.length === 0;
  const statement = (kind: Statement['end']): Result<Statement, LexError> =>
    ok({ end: kind, words, endAt: source.positionAt(offset) });
  if (end === undefined) return empty ? statement('end of file') : unfinished(source, offset);
  if (end !== ';' && end !== '{' && end !== '}') return undefined;
  source.offset += 1;
  if (end === '}') return empty ? statement(end) : errorAt(source, offset, '";" or "{" before "}"');
  return empty ? errorAt(source, offset, `a directive before "${end}"`) : statement(end);
};

/** Reads the next statement exactly as `ngx_conf_read_token` of NGINX 1.30 does; the source moves behind it. */
export const readStatement = (source: Source): Result<Statement, LexError> => {
  const words: Word[] = [];
  for (;;) {
    const blank = skipBlank(source);
    if (!blank.ok) return blank;
    const end = readEnd(source, words);
    if (end !== undefined) return end;
    const word = readWord(source);
    if (!word.ok) return word;
    words.push(word.value);
  }
};
