import type { ConfigMap } from '../cluster/resources.ts';
import { compareText } from '../values/compare.ts';
import { fail, ok, type Result } from '../values/result.ts';

const MAX_ENTRIES = 100;
/** Every location repeats them: 100 KB for a thousand paths were a configuration of 200 MB. */
const MAX_LENGTH = 8_000;

/** What an annotation takes from a ConfigMap that it names, by key; the error completes "expected …". */
export const entriesOf = ({ data }: ConfigMap): Result<readonly (readonly [key: string, text: string])[]> => {
  const entries = Object.entries(data).toSorted(([a], [b]) => compareText(a, b));
  const length = entries.reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  const fits = entries.length <= MAX_ENTRIES && length <= MAX_LENGTH;
  return fits ? ok(entries) : fail(`at most ${MAX_ENTRIES} entries, of at most ${MAX_LENGTH} characters in all`);
};
