import type { Problem } from '../problems/problem.ts';
import type { FieldPath } from '../values/field-path.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import { isRecord } from '../values/record.ts';

/** One place in an object that is being decoded: what stands there, where that is, and where its problems go. */
export interface Field {
  /** `undefined` where nothing or `null` stands, which Kubernetes treats alike. */
  readonly value: unknown;
  readonly path: FieldPath;
  readonly subject: ObjectRef;
  readonly problems: Problem[];
  /** Problems never show what stands in a secret field, mistaken or not. */
  readonly content: 'public' | 'secret';
}

const MAX_PROBLEMS = 20;
const MAX_RECEIVED = 200;

/**
 * The whole object; its problems, the first twenty of them, are added to the list. All of a Secret is secret: what is
 * indented wrongly stands where nothing secret belongs.
 */
export const rootField = (value: unknown, subject: ObjectRef, problems: Problem[]): Field => ({
  value: value ?? undefined,
  path: [],
  subject,
  problems,
  content: isRecord(value) && value['kind'] === 'Secret' ? 'secret' : 'public',
});

/** The field of that name; inherited properties such as `constructor` are no fields. */
export const child = (field: Field, key: string): Field => ({
  ...field,
  value: isRecord(field.value) && Object.hasOwn(field.value, key) ? (field.value[key] ?? undefined) : undefined,
  path: [...field.path, key],
});

/** The field at the end of a path of names. */
export const descend = (field: Field, ...keys: readonly string[]): Field => keys.reduce(child, field);

/** What stands there, in words that are safe to show: scalars as text, anything else by its shape. */
const describe = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'a map' : String(value).slice(0, MAX_RECEIVED);
};

/** Reports that the field does not hold what was expected, and what follows from that. */
export const reject = (field: Field, expected: string, consequence: string): undefined => {
  const { value, path, subject, problems, content } = field;
  if (problems.length >= MAX_PROBLEMS) return;
  const code = content === 'secret' ? 'InvalidSecret' : 'InvalidManifest';
  const received = value === undefined || content === 'secret' ? {} : { received: describe(value) };
  problems.push({ code, subject, field: path, ...received, expected, consequence });
};

/** The text there, empty where nothing stands; anything else is reported and yields nothing. */
export const textOf = (field: Field, consequence: string): string | undefined => {
  if (typeof field.value === 'string') return field.value;
  if (field.value === undefined) return '';
  reject(field, 'a string', consequence);
  return undefined;
};

/** The elements of a list, none where nothing stands; anything else is reported and yields none. */
export const itemsOf = (field: Field, consequence: string): readonly Field[] => {
  if (Array.isArray(field.value)) {
    return field.value.map((value: unknown, index) => ({
      ...field,
      value: value ?? undefined,
      path: [...field.path, index],
    }));
  }
  if (field.value !== undefined) reject(field, 'a list', consequence);
  return [];
};

/** What a map holds; `complete: false` where something in it was reported and left out. */
interface Entries<T> {
  readonly entries: readonly (readonly [string, T])[];
  readonly complete: boolean;
}

/** Keys of annotations, labels and data have no other characters; a key is printed in messages. */
const KEY = /^[A-Za-z0-9._-]{1,253}(\/[A-Za-z0-9._-]{1,63})?$/;

/** The named fields of a map, none where nothing stands; anything else, and any strange name, is reported and left out. */
export const entriesOf = (field: Field, consequence: string): Entries<Field> => {
  if (field.value === undefined) return { entries: [], complete: true };
  if (!isRecord(field.value)) {
    reject(field, 'a map', consequence);
    return { entries: [], complete: false };
  }
  const [good, strange] = [new Array<string>(), new Array<string>()];
  for (const key of Object.keys(field.value)) (KEY.test(key) ? good : strange).push(key);
  for (const key of strange) reject({ ...field, value: key }, 'keys of letters, digits, ".", "_" and "-"', consequence);
  return { entries: good.map((key) => [key, child(field, key)]), complete: strange.length === 0 };
};

/** The whole number there, or nothing. */
export const integerOf = (field: Field): number | undefined =>
  Number.isSafeInteger(field.value) ? Number(field.value) : undefined;

/** The boolean there, or nothing. */
export const booleanOf = (field: Field): boolean | undefined =>
  typeof field.value === 'boolean' ? field.value : undefined;

/** The scalar there as text, else empty: for fields whose meaning is judged later, by those who know it. */
export const scalarText = (field: Field): string =>
  ['string', 'number', 'boolean'].includes(typeof field.value) ? String(field.value) : '';

/** A record without a prototype, so that a key such as `__proto__` is a key like any other. */
export const textRecord = (entries: Iterable<readonly [string, string]>): Readonly<Record<string, string>> => {
  const record: Record<string, string> = Object.create(null);
  for (const [key, value] of entries) record[key] = value;
  return record;
};

/** The texts of a map; numbers and booleans, which YAML makes of unquoted words, are reported and read as text. */
export const textsOf = (field: Field, consequence: string): Entries<string> => {
  const { entries, complete } = entriesOf(field, consequence);
  const texts = entries.flatMap(([key, entry]) => {
    const text = readText(entry, consequence);
    return text === undefined ? [] : [[key, text] as const];
  });
  return { entries: texts, complete: complete && texts.length === entries.length };
};

const readText = (field: Field, consequence: string): string | undefined => {
  if (typeof field.value === 'string' || field.value === undefined) return field.value ?? '';
  const scalar = typeof field.value === 'number' || typeof field.value === 'boolean';
  reject(field, 'a string (in quotes)', scalar ? `reading it as "${scalarText(field)}"` : consequence);
  return scalar ? scalarText(field) : undefined;
};
