import { fail, ok, type Result } from '../values/result.ts';
import { parsePattern } from './cluster-regex-grammar.ts';

/** A regular expression from the cluster that PCRE2 compiles and that cannot name anything of ours. */
export interface ClusterRegex {
  /** The source cut at the `(` of each plain group: there is one group fewer than pieces. */
  readonly pieces: readonly string[];
}

const MAX_BYTES = 1_000;

/**
 * Reads the part of PCRE2's grammar that ingress paths need. What it accepts compiles, so that one path never makes
 * NGINX refuse the configuration of everybody; asked of PCRE2 10.42 and 10.48. The error completes "expected …".
 */
export const parseClusterRegex = (source: string): Result<ClusterRegex> => {
  if (!source.isWellFormed()) return fail('well-formed Unicode text');
  if (/[\u0000-\u001f\u007f]/.test(source)) return fail('a regular expression without control characters');
  const bytes = Buffer.from(source, 'utf8').toString('latin1');
  if (bytes.length > MAX_BYTES) return fail(`a regular expression of at most ${MAX_BYTES} bytes`);
  const groups = parsePattern(bytes);
  if (!groups.ok) return groups;
  const starts = [0, ...groups.value.map((offset) => offset + 1)];
  const ends = [...groups.value, bytes.length];
  const pieces = starts.map((start, index) => Buffer.from(bytes.slice(start, ends[index]), 'latin1').toString('utf8'));
  return ok({ pieces });
};

/** How many plain groups the expression has; `captureText` names them `pt_1` to `pt_<this>`. */
export const groupCount = (regex: ClusterRegex): number => regex.pieces.length - 1;

/** The expression without captures, for places that only match: no variable is touched. */
export const matchText = (regex: ClusterRegex): string => regex.pieces.join('(?:');

/** The expression with its plain groups named `pt_1`, `pt_2`, … in the order in which `$1`, `$2`, … number them. */
export const captureText = (regex: ClusterRegex): string =>
  regex.pieces.map((piece, index) => (index === 0 ? piece : `(?<pt_${index}>${piece}`)).join('');

/** The same expression, in which upper and lower case are alike. */
export const ignoringCase = ({ pieces: [first = '', ...others] }: ClusterRegex): ClusterRegex => ({
  pieces: [`(?i)${first}`, ...others],
});
