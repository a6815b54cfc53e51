/** Either a value or why there is none. Used where text becomes a value, nowhere else. */
export type Result<T, E = string> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** A successful result. */
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

/** A failed result; for text parsers the error completes the sentence "expected …". */
export const fail = <E>(error: E): Result<never, E> => ({ ok: false, error });
