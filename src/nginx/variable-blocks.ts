import { encode, keyword } from './argument.ts';
import { matchText } from './cluster-regex.ts';
import type { DraftDatabase, DraftLine, SplitParts } from './draft.ts';
import { expr, type Complex, type KeyExpression, type VariableName } from './expression.ts';
import type { DatabaseBlock, GeoBlock, MapBlock, SplitBlock } from './tree.ts';

const mapLine = (line: DraftLine): MapBlock['lines'][number] => {
  if ('default' in line) return { key: encode('keyword', 'default'), value: encode('complex', line.default) };
  if ('matches' in line) return { key: encode('mapRegex', line.matches), value: encode('complex', line.value) };
  if ('matchesCluster' in line)
    return {
      key: encode('mapClusterRegex', matchText(line.matchesCluster)),
      value: encode('complex', line.value),
    };
  return { key: encode('mapKey', line.key), value: encode('complex', line.value) };
};

/** A map from an expression to a variable of ours. */
export const mapBlock = (source: KeyExpression, target: VariableName, lines: readonly DraftLine[]): MapBlock => ({
  source: encode('key', source),
  target: encode('variable', target),
  lines: lines.map(mapLine),
});

/** A geo block: networks of an address variable to a constant; empty for all others (`default` would be 0.0.0.0/0 twice). */
export const geoBlock = (
  source: string,
  target: VariableName,
  lines: readonly (readonly [network: string, value: string])[],
): GeoBlock => ({
  source: encode('variable', source),
  target: encode('variable', target),
  lines: lines.map(([network, value]) => ({ key: encode('cidr', network), value: encode('plain', value) })),
});

/** Divides requests by chance: so many hundredths of a percent get `drawn`, the others `rest`; both are names of ours. */
export const splitBlock = (
  target: VariableName,
  { hundredths, drawn, rest }: SplitParts,
  source: Complex = expr`${'request_id'}`,
): Omit<SplitBlock, 'origin'> => ({
  source: encode('complex', source),
  target: encode('variable', target),
  lines: [
    { key: encode('share', hundredths), value: encode('id', drawn) },
    { key: keyword('*'), value: encode('id', rest) },
  ],
});

/** A database and the variables that come from it. */
export const databaseBlock = ({ file, variables }: DraftDatabase): DatabaseBlock => ({
  file: encode('file', file),
  variables: variables.map(({ name, path, otherwise }) => ({
    target: encode('variable', name),
    path: path.map((word) => keyword(word)),
    ...(otherwise === undefined ? {} : { otherwise: keyword(otherwise) }),
  })),
});
