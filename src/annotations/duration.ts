import { fail, ok } from '../values/result.ts';
import type { ValueType } from './value-types.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };
/** NGINX counts milliseconds in 31 bits. */
const MAX_SECONDS = 2_000_000;

/** A time as NGINX writes it, in seconds. */
const timeFrom = (least: number, label: string, examples: readonly string[]): ValueType<number> => ({
  label,
  examples,
  format: (value) => `${value}s`,
  parse: (text) => {
    const [, digits, unit] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
    const value = Number(digits) * (UNITS[unit ?? ''] ?? Number.NaN);
    return value >= least && value <= MAX_SECONDS ? ok(value) : fail(label);
  },
});

/** A time, in seconds. */
export const duration = timeFrom(1, `a time such as 240s, 10m or 1h, from 1 to ${MAX_SECONDS} seconds`, [
  '240s',
  '10m',
  '1h',
  '30',
]);

/** A time or none, in seconds. */
export const durationOrNone = timeFrom(0, 'a time such as 600s, 10m or 1h, of at most 23 days', ['600s', '10m', '1h']);
