import { isRecord } from '../values/record.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** Checks a decoded JSON value; `path` names it in the error, which completes "expected …". */
export type Schema<T> = (value: unknown, path: string) => Result<T>;

/** A field that may be missing. */
export interface Optional<T> {
  readonly optional: Schema<T>;
}

type Field<T, K extends keyof T> = object extends Pick<T, K> ? Optional<Exclude<T[K], undefined>> : Schema<T[K]>;

/** Text of this pattern. */
export const text =
  (pattern: RegExp, expected: string): Schema<string> =>
  (value, path) =>
    typeof value === 'string' && pattern.test(value) ? ok(value) : fail(`${path} to be ${expected}`);

/** One of these words. */
export const oneOf =
  <T extends string>(words: readonly T[]): Schema<T> =>
  (value, path) => {
    const word = words.find((one) => one === value);
    return word === undefined ? fail(`${path} to be one of ${words.join(', ')}`) : ok(word);
  };

/** A whole number from 0 on. */
export const count: Schema<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? ok(value)
    : fail(`${path} to be a whole number`);

/** `true` or `false`. */
export const flag: Schema<boolean> = (value, path) =>
  typeof value === 'boolean' ? ok(value) : fail(`${path} to be true or false`);

/** At most `max` values of one schema. */
export const list =
  <T>(item: Schema<T>, max: number): Schema<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > max) return fail(`${path} to be a list of at most ${max}`);
    return collect(value, (one, index) => item(one, `${path}[${index}]`));
  };

/** An object whose keys pass `key` and whose values pass `item`. */
export const dictionary =
  <T>(key: Schema<string>, item: Schema<T>): Schema<Readonly<Record<string, T>>> =>
  (value, path) => {
    if (!isRecord(value)) return fail(`${path} to be an object`);
    const entries = collect(Object.entries(value), ([name, one]): Result<readonly [string, T]> => {
      const checkedName = key(name, `a key of ${path}`);
      if (!checkedName.ok) return checkedName;
      const checked = item(one, `${path}[${name}]`);
      return checked.ok ? ok([name, checked.value]) : checked;
    });
    return entries.ok ? ok(Object.fromEntries(entries.value)) : entries;
  };

/** An object with exactly these fields. */
export const object =
  <T extends object>(fields: { readonly [K in keyof T]-?: Field<T, K> }): Schema<T> =>
  (value, path) => {
    if (!isRecord(value)) return fail(`${path} to be an object`);
    const stranger = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (stranger !== undefined) return fail(`${path} without the field ${JSON.stringify(stranger.slice(0, 50))}`);
    const present = Object.entries<Schema<unknown> | Optional<unknown>>(fields).filter(
      ([name, field]) => typeof field === 'function' || Object.hasOwn(value, name),
    );
    const entries = collect(present, ([name, field]): Result<readonly [string, unknown]> => {
      const schema = typeof field === 'function' ? field : field.optional;
      const checked = schema(value[name], `${path}.${name}`);
      return checked.ok ? ok([name, checked.value]) : checked;
    });
    return entries.ok ? ok(Object.fromEntries(entries.value) as T) : entries;
  };

/** JSON text of one schema; never throws. */
export const parseJson = <T>(source: string, schema: Schema<T>, name: string): Result<T> => {
  try {
    return schema(JSON.parse(source), name);
  } catch {
    return fail(`${name} to be JSON`);
  }
};

const collect = <A, B>(values: readonly A[], check: (value: A, index: number) => Result<B>): Result<readonly B[]> => {
  const collected: B[] = [];
  for (const [index, value] of values.entries()) {
    const checked = check(value, index);
    if (!checked.ok) return checked;
    collected.push(checked.value);
  }
  return ok(collected);
};
