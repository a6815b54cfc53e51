import { fail, ok, type Result } from '../values/result.ts';
import { parseClass, parseEscape, take, type Cursor } from './cluster-regex-atoms.ts';

/** An expression that is being read, with the offsets of the plain groups seen so far. */
interface Pattern extends Cursor {
  readonly groups: number[];
  depth: number;
}

/** What is known of a part of the expression. */
interface Part {
  /** How many characters, classes, groups, branches and so on it has when its repeated groups are written out. */
  readonly items: number;
  /** How many bytes it matches; NaN where that varies, so that it spreads through every sum. */
  readonly width: number;
}

/** A part that a quantifier may follow; PCRE2 repeats a group by writing it out again. */
interface Item extends Part {
  readonly repeats: 'in place' | 'by copies' | 'never';
}

/** PCRE2 has 65,535 bytes for a program; no item takes more than 50 (a class with its repeat 38). */
const MAX_ITEMS = 1_200;
const MAX_REPEAT = 65_535;
const MAX_DEPTH = 50;
const MAX_GROUPS = 99;
const MAX_LOOKBEHIND = 255;

const QUANTIFIER = /(?:[*+?]|\{(\d{1,5})(?:(,)(\d{1,5})?)?\})[+?]?/y;
/** Versions of PCRE2 disagree whether `{,3}` and `{ 1 }` are quantifiers or text. */
const QUANTIFIER_LIKE = /\{[ \t]*\d*[ \t]*(?:,[ \t]*\d*[ \t]*)?\}/y;
const ORDINARY = /[^\\^$[|()?*+]/y;
const PLAIN_GROUP = /\((?![?*])/y;
const FLAGS = /\(\?(?:[ims]+(?:-[ims]+)?|-[ims]+)\)/y;
const OTHER_GROUP = /\(\?(?::|>|(?:[ims]+(?:-[ims]+)?|-[ims]+):|([=!]|<[=!]))/y;

const BYTE: Item = { items: 1, width: 1, repeats: 'in place' };
const PLACE: Item = { items: 1, width: 0, repeats: 'never' };

const COUNTS = `"{n}", "{n,}" or "{n,m}" with n ≤ m ≤ ${MAX_REPEAT} behind something to repeat, or "\\{" for a brace`;
const GROUPS =
  'groups of the forms (…), (?:…), (?>…), (?=…), (?!…), (?<=…), (?<!…), (?i), (?i:…), with the flags i, m, s';

const refusedGroups: readonly (readonly [start: RegExp, expected: string])[] = [
  [/\(\*/y, 'no verb "(*"'],
  [/\(\?(?:P|'|<[^=!])/y, 'groups without names'],
  [/\(\?C/y, 'no callout "(?C"'],
  [/\(\?(?:R|[+-]?\d|&)/y, 'no recursion'],
  [/\(\?\(/y, 'no condition "(?("'],
  [/\(\?#/y, 'no comment "(?#"'],
];

const sum = (parts: readonly Part[]): Part => ({
  items: parts.reduce((total, part) => total + part.items, 0),
  width: parts.reduce((total, part) => total + part.width, 0),
});

/** The frame of a group around its branches; a look matches no bytes. */
const frame = (branches: readonly Part[], look: string | undefined): Result<Item> => {
  const items = 1 + sum(branches).items;
  if (look?.startsWith('<') === true && !branches.every((branch) => branch.width <= MAX_LOOKBEHIND)) {
    return fail(`a fixed length of at most ${MAX_LOOKBEHIND} in each branch of a lookbehind`);
  }
  if (look !== undefined) return ok({ items, width: 0, repeats: 'never' });
  const width = branches[0]?.width ?? 0;
  return ok({
    items,
    width: branches.every((branch) => branch.width === width) ? width : Number.NaN,
    repeats: 'by copies',
  });
};

/** Opens a group and says which look it is, if any. */
const openGroup = (pattern: Pattern): Result<string | undefined> => {
  const start = pattern.offset;
  const refused = refusedGroups.find(([opening]) => take({ ...pattern }, opening) !== undefined);
  if (refused !== undefined) return fail(refused[1]);
  if (take(pattern, PLAIN_GROUP) !== undefined) {
    pattern.groups.push(start);
    return pattern.groups.length > MAX_GROUPS ? fail(`at most ${MAX_GROUPS} groups`) : ok(undefined);
  }
  const opening = take(pattern, OTHER_GROUP);
  return opening === undefined ? fail(GROUPS) : ok(opening[1]);
};

const parseGroup = (pattern: Pattern): Result<Item> => {
  if (take(pattern, FLAGS) !== undefined) return ok(PLACE);
  const look = openGroup(pattern);
  if (!look.ok) return look;
  if (pattern.depth === MAX_DEPTH) return fail(`at most ${MAX_DEPTH} groups inside each other`);
  pattern.depth += 1;
  const branches = parseBranches(pattern);
  pattern.depth -= 1;
  if (!branches.ok) return branches;
  if (take(pattern, /\)/y) === undefined) return fail('")" at the end of a group');
  return frame(branches.value, look.value);
};

const parseSingle = (pattern: Pattern): Result<Item> => {
  if (take(pattern, /[\^$]/y) !== undefined) return ok(PLACE);
  if (take(pattern, QUANTIFIER_LIKE) !== undefined) return fail(COUNTS);
  if (take(pattern, ORDINARY) !== undefined) return ok(BYTE);
  return fail(`something to repeat before "${pattern.bytes.slice(pattern.offset, pattern.offset + 1)}"`);
};

const parseItem = (pattern: Pattern): Result<Item> => {
  const byte = pattern.bytes[pattern.offset];
  if (byte === '(') return parseGroup(pattern);
  if (byte === '[') {
    const members = parseClass(pattern);
    return members.ok ? ok(BYTE) : members;
  }
  if (byte !== '\\') return parseSingle(pattern);
  const escape = parseEscape(pattern);
  if (!escape.ok) return escape;
  return ok(escape.value.kind === 'place' ? PLACE : BYTE);
};

/** The least and the greatest count of a quantifier. */
const countsOf = ([text, low, comma, high]: RegExpExecArray): readonly [min: number, max: number] => {
  if (low !== undefined) return [Number(low), Number(high ?? (comma === undefined ? low : Number.POSITIVE_INFINITY))];
  if (text.startsWith('?')) return [0, 1];
  return [text.startsWith('+') ? 1 : 0, Number.POSITIVE_INFINITY];
};

const repeat = (item: Item, min: number, max: number): Part => {
  const copies = Math.max(1, max === Number.POSITIVE_INFINITY ? min : max);
  return {
    items: item.repeats === 'by copies' ? item.items * copies : item.items,
    width: min === max ? item.width * min : Number.NaN,
  };
};

const parseRepeated = (pattern: Pattern): Result<Part> => {
  const item = parseItem(pattern);
  if (!item.ok || item.value.repeats === 'never') return item;
  const quantifier = take(pattern, QUANTIFIER);
  if (quantifier === undefined) return item;
  const [min, max] = countsOf(quantifier);
  const valid = min <= max && min <= MAX_REPEAT && (max <= MAX_REPEAT || max === Number.POSITIVE_INFINITY);
  return valid ? ok(repeat(item.value, min, max)) : fail(COUNTS);
};

const parseBranch = (pattern: Pattern): Result<Part> => {
  const parts: Part[] = [];
  while (!['|', ')', undefined].includes(pattern.bytes[pattern.offset])) {
    const part = parseRepeated(pattern);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  const { items, width } = sum(parts);
  return ok({ items: 1 + items, width });
};

const parseBranches = (pattern: Pattern): Result<readonly Part[]> => {
  const branches: Part[] = [];
  do {
    const branch = parseBranch(pattern);
    if (!branch.ok) return branch;
    branches.push(branch.value);
  } while (take(pattern, /\|/y) !== undefined);
  return ok(branches);
};

/** Reads a whole expression and says at which offsets the `(` of its plain groups stand. */
export const parsePattern = (bytes: string): Result<readonly number[]> => {
  const pattern: Pattern = { bytes, offset: 0, groups: [], depth: 0 };
  const branches = parseBranches(pattern);
  if (!branches.ok) return branches;
  if (pattern.offset < bytes.length) return fail('"(" before ")"');
  const { items } = sum(branches.value);
  return items > MAX_ITEMS ? fail(`at most ${MAX_ITEMS} items, repeated groups written out`) : ok(pattern.groups);
};
