/**
 * Grammars of annotation and ConfigMap values. A parser is the validator: what it returns is safe to use, and what it
 * refuses completes the sentence "expected …". Every grammar matches the whole value.
 */
import { parseCidr } from '../values/cidr.ts';
import { parseBool } from '../values/go-bool.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** A grammar with its description for documents and messages. */
export interface ValueType<T> {
  readonly label: string;
  readonly parse: (text: string) => Result<T>;
  /** Values that parse, for documents and contract tests. */
  readonly examples: readonly string[];
  /** The value as its owner would write it, where `String` does not say it. */
  format?(value: T): string;
}

/** The words that Go's ParseBool takes, as ingress-nginx does. */
export const bool: ValueType<boolean> = { label: 'true or false', examples: ['true', 'false'], parse: parseBool };

/** Exactly `on` or `off`. */
export const onOff: ValueType<boolean> = {
  label: 'on or off',
  examples: ['on', 'off'],
  format: (value) => (value ? 'on' : 'off'),
  parse: (text) => (text === 'on' || text === 'off' ? ok(text === 'on') : fail('on or off')),
};

/** A whole number within limits that NGINX accepts. */
export const wholeNumber = (min: number, max: number, unit: string = ''): ValueType<number> => {
  const label = `a whole number${unit === '' ? '' : ` of ${unit}`} from ${min} to ${max}`;
  return {
    label,
    examples: [String(min), String(max)],
    parse: (text) => {
      const value = /^\+?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? ok(value) : fail(label);
    },
  };
};

/** A whole number with or without a sign. */
export const integer: ValueType<number> = {
  label: 'a whole number of at most nine digits',
  examples: ['10', '-1'],
  parse: (text) => (/^[+-]?\d{1,9}$/.test(text) ? ok(Number(text)) : fail(integer.label)),
};

/** Whole seconds without a unit, at most 24 days (NGINX counts milliseconds in 31 bits). */
export const seconds = wholeNumber(1, 2_000_000, 'seconds');

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

const formatBytes = (bytes: number): string => {
  const unit = ['g', 'm', 'k'].find((one) => bytes > 0 && bytes % (UNITS[one] ?? 1) === 0) ?? '';
  return `${bytes / (UNITS[unit] ?? 1)}${unit}`;
};

/** Digits with an optional k, m or g (any case); the value is in bytes. */
export const byteSize = (limits: { readonly min: number; readonly max: number }): ValueType<number> => {
  const label = `a size such as 8k or 1m, from ${limits.min} to ${limits.max} bytes`;
  return {
    label,
    examples: ['8k', '16384'],
    format: formatBytes,
    parse: (text) => {
      const [, digits, unit] = /^(\d{1,12})([kmg]?)$/i.exec(text.replaceAll(' ', '')) ?? [];
      const bytes = Number(digits ?? Number.NaN) * (UNITS[(unit ?? '').toLowerCase()] ?? Number.NaN);
      return bytes >= limits.min && bytes <= limits.max ? ok(bytes) : fail(label);
    },
  };
};

/** One of a few words, in any case; the value has the listed spelling. */
export const oneOf = <const W extends string>(words: readonly W[]): ValueType<W> => ({
  label: words.join(', '),
  examples: words,
  parse: (text) => {
    const found = words.find((word) => word.toLowerCase() === text.trim().toLowerCase());
    return found === undefined ? fail(`one of ${words.join(', ')}`) : ok(found);
  },
});

/** A comma list of addresses and networks, in network form, sorted, without duplicates. One bad item fails it all. */
export const cidrList: ValueType<readonly string[]> = {
  label: 'a comma list of IP addresses and networks',
  examples: ['10.0.0.0/8', '192.0.2.1,2001:db8::/32'],
  parse: (text) => {
    const items = text.split(',').map((item) => parseCidr(item.trim()));
    const bad = items.find((item) => !item.ok);
    if (bad !== undefined) return fail('a comma list of IP addresses and networks');
    return ok([...new Set(items.flatMap((item) => (item.ok ? [item.value] : [])))].toSorted());
  },
};

/** A comma list of words that match a grammar; empty items are dropped. */
export const listOf = (label: string, item: RegExp, example: string): ValueType<readonly string[]> => ({
  label,
  examples: [example],
  parse: (text) => {
    const items = text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    return items.every((one) => item.test(one)) ? ok(items) : fail(label);
  },
});

/** Text that matches a grammar as a whole. */
export const textMatching = (label: string, grammar: RegExp, example: string): ValueType<string> => ({
  label,
  examples: [example],
  parse: (text) => (grammar.test(text) ? ok(text) : fail(label)),
});

/** The name of an object; without a namespace it is in that of the Ingress. */
export const objectName = (kind: 'Secret' | 'ConfigMap', example: string): ValueType<string> =>
  textMatching(`a ${kind} as name or namespace/name`, /^[a-z0-9.-]+(\/[a-z0-9.-]+)?$/, example);

/** The name of an object with its namespace. */
export const qualifiedName = (kind: 'Secret' | 'ConfigMap', example: string): ValueType<string> =>
  textMatching(`a ${kind} as namespace/name`, /^[a-z0-9.-]+\/[a-z0-9.-]+$/, example);
