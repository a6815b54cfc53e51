import { ignoringCase, parseClusterRegex, type ClusterRegex } from '../nginx/cluster-regex.ts';
import type { DraftLine } from '../nginx/draft.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { uniqueBy } from '../values/unique-by.ts';
import type { ValueType } from './value-types.ts';

/** What a request is compared with: a text in any case, or a regular expression. */
export type Pattern = { readonly key: string } | { readonly matchesCluster: ClusterRegex };

const MAX_ITEMS = 1_000;
/** It must fit into a bucket of NGINX's hash. */
const TEXT = /^[\x20-\x7e]{1,400}$/;

const parseItem = (item: string): Result<Pattern> => {
  if (!item.startsWith('~'))
    return TEXT.test(item) ? ok({ key: item.toLowerCase() }) : fail('texts of at most 400 ASCII characters');
  const ignoresCase = item.startsWith('~*');
  const source = item.slice(ignoresCase ? 2 : 1);
  if (source === '') return fail('a regular expression behind "~"');
  const regex = parseClusterRegex(source);
  if (!regex.ok) return regex;
  return ok({ matchesCluster: ignoresCase ? ignoringCase(regex.value) : regex.value });
};

/** A comma list of texts and, behind `~` or `~*`, regular expressions. */
export const patternList: ValueType<readonly Pattern[]> = {
  label: 'a comma list of whole texts, ~regular expressions and ~*regular expressions in any case',
  examples: ['/healthz', 'evilbot,~*crawler'],
  parse: (text) => {
    const items = text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    if (items.length > MAX_ITEMS) return fail(`at most ${MAX_ITEMS} items`);
    const parsed = [...new Set(items)].map(parseItem);
    const refused = parsed.find((one) => !one.ok);
    if (refused !== undefined) return refused;
    const patterns = parsed.flatMap((one) => (one.ok ? [one.value] : []));
    // NGINX refuses a key twice, and compares without regard to case.
    return ok(uniqueBy(patterns, (one) => ('key' in one ? one.key : one)));
  },
};

/** Lines of a map that give `value` to what is listed, and `otherwise` to the rest. */
export const patternLines = (
  patterns: readonly Pattern[],
  { value, otherwise }: { readonly value: string; readonly otherwise: string },
): readonly DraftLine[] => [{ default: otherwise }, ...patterns.map((pattern) => ({ ...pattern, value }))];
