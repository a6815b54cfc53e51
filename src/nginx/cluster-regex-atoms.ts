import { fail, ok, type Result } from '../values/result.ts';

/** An expression that is being read: UTF-8, one byte a character, because NGINX compiles without PCRE2's UTF mode. */
export interface Cursor {
  readonly bytes: string;
  offset: number;
}

/** Reads what the sticky pattern matches here, and moves behind it. */
export const take = (cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined => {
  pattern.lastIndex = cursor.offset;
  const match = pattern.exec(cursor.bytes) ?? undefined;
  if (match !== undefined) cursor.offset += match[0].length;
  return match;
};

/** An escape outside or inside a class: one byte, any byte of a set, or a place between bytes. */
type Escape = { readonly kind: 'byte'; readonly code: number } | { readonly kind: 'set' } | { readonly kind: 'place' };

const byteOf = (code: number): Escape => ({ kind: 'byte', code });
const controls: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/** Escapes that mean the same in every version and mode of PCRE2; it refuses letters that it does not know. */
const escapes: readonly (readonly [written: RegExp, read: (text: string) => Escape])[] = [
  [/\\x([0-9A-Fa-f]{2})/y, (digits) => byteOf(Number.parseInt(digits, 16))],
  [/\\([^0-9A-Za-z])/y, (mark) => byteOf(mark.charCodeAt(0))],
  [/\\([aefnrt])/y, (letter) => byteOf(controls[letter] ?? 0)],
  [/\\([dDwWsShHvV])/y, () => ({ kind: 'set' })],
  [/\\([bBAzZ])/y, () => ({ kind: 'place' })],
];

const unknownEscape = (next: string | undefined): string => {
  if (next === undefined) return 'a character after "\\"';
  if (/[0-9gk]/.test(next)) return 'no back reference or subroutine';
  return `\\d \\w \\s \\h \\v, \\b \\A \\z \\Z, \\t \\n \\r \\f \\e \\a, \\xHH or escaped punctuation instead of "\\${next}"`;
};

/** Reads one escape. */
export const parseEscape = (cursor: Cursor): Result<Escape> => {
  for (const [written, read] of escapes) {
    const text = take(cursor, written)?.[1];
    if (text !== undefined) return ok(read(text));
  }
  return fail(unknownEscape(cursor.bytes[cursor.offset + 1]));
};

/** A member of a class; a byte may begin or end a range. */
type Member = { readonly kind: 'byte'; readonly code: number } | { readonly kind: 'set' };

const OPENING = /\[\^?/y;
const POSIX_LIKE = /\[[:.=]/y;
const POSIX = /\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/y;
/** What PCRE2 takes for a POSIX class that stands outside of a class, `[:alpha:]`, and refuses. */
const POSIX_OUTSIDE = /\[([:.=])(?:\\[\]\\]|(?!\\[\]\\]|\[\1|\1?\])[^])*\1\]/y;
const RANGE = /-(?!\])/y;

const parseMember = (cursor: Cursor): Result<Member> => {
  const byte = cursor.bytes[cursor.offset];
  if (byte === undefined) return fail('"]" at the end of a character class');
  if (byte === '\\') {
    if (cursor.bytes[cursor.offset + 1] === 'b') return fail('no "\\b" inside a character class');
    const escape = parseEscape(cursor);
    if (!escape.ok) return escape;
    return escape.value.kind === 'place' ? fail('characters inside a character class') : ok(escape.value);
  }
  if (take(cursor, POSIX) !== undefined) return ok({ kind: 'set' });
  if (take(cursor, POSIX_LIKE) !== undefined)
    return fail('a known POSIX class such as [:alpha:], or "\\[" for a bracket');
  cursor.offset += 1;
  return ok({ kind: 'byte', code: byte.charCodeAt(0) });
};

/** Reads one member or one range. */
const parseMembers = (cursor: Cursor): Result<void> => {
  const first = parseMember(cursor);
  if (!first.ok) return first;
  if (first.value.kind === 'set') {
    return take(cursor, RANGE) === undefined ? ok(undefined) : fail('"\\-" for a hyphen behind a set such as \\w');
  }
  if (take(cursor, RANGE) === undefined) return ok(undefined);
  const last = parseMember(cursor);
  if (!last.ok) return last;
  if (last.value.kind === 'set') return fail('a character at the end of a range');
  return first.value.code <= last.value.code ? ok(undefined) : fail('a range in ascending order');
};

/** Reads a class from its `[` to its `]`; a `]` in first place is a member. */
export const parseClass = (cursor: Cursor): Result<void> => {
  if (take(cursor, POSIX_OUTSIDE) !== undefined) return fail('POSIX classes only inside a class, as in [[:alpha:]]');
  take(cursor, OPENING);
  do {
    const members = parseMembers(cursor);
    if (!members.ok) return members;
  } while (cursor.bytes[cursor.offset] !== ']');
  cursor.offset += 1;
  return ok(undefined);
};
