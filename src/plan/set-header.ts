import type { Complex } from '../nginx/expression.ts';

/** Names of headers differ by more than upper and lower case; the last value stays, at the place of the first. */
export const setHeader = (headers: Map<string, Complex>, name: string, value: Complex): void => {
  const known = [...headers.keys()].find((one) => one.toLowerCase() === name.toLowerCase());
  headers.set(known ?? name, value);
};

/** These headers, and those in place of them or beside them. */
export const withHeaders = (
  headers: ReadonlyMap<string, Complex>,
  others: ReadonlyMap<string, Complex>,
): ReadonlyMap<string, Complex> => {
  const all = new Map(headers);
  for (const [name, value] of others) setHeader(all, name, value);
  return all;
};
