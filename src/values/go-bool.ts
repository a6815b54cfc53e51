import { fail, ok, type Result } from './result.ts';

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** The words that Go's ParseBool takes, as flags, annotations and keys of ingress-nginx do. */
export const parseBool = (text: string): Result<boolean> => {
  if (TRUE.has(text)) return ok(true);
  return FALSE.has(text) ? ok(false) : fail('true or false');
};
