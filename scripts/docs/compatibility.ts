import { onPurpose, type Reviewed } from '../../test/parity/on-purpose.ts';
import { cell, code, HEADER, table } from './markdown.ts';
import { aliasesOf, keysOf, registry, type Key } from './registry-keys.ts';
import { parityLink, testsOf } from './tests-cell.ts';
import { legendOf, type Verdict } from './verdicts.ts';

type Row = readonly [name: string, verdict: Verdict, how: string, tests: string];

/** What it is stricter in may be nothing but that. */
const closing = ({ spec }: Key): string =>
  spec.onInvalid === 'close' ? ' Where it is invalid, the routes answer 503.' : '';

const rowsOf = (key: Key): readonly Row[] => [
  [key.name, key.spec.compat, cell(key.spec.doc) + closing(key), testsOf(key)],
  ...aliasesOf(key).map((alias): Row => [
    alias.name,
    key.spec.compat,
    `Another name of ${code(key.name)}, which wins over it.`,
    testsOf(alias),
  ]),
];

/** A pattern for people: `(a|b)` is "a or b". */
const spoken = (line: string | RegExp): string =>
  typeof line === 'string' ? line : line.source.replaceAll(/^\^|\$$|[()]/g, '').replaceAll('|', ' or ');

const saidBy = (lines: Reviewed['came']): string =>
  lines.length === 0 ? 'nothing of it' : lines.map((line) => cell(spoken(line))).join('<br>');

const purposeRows = (): readonly (readonly string[])[] =>
  Object.entries(onPurpose).flatMap(([name, reviewed]) =>
    reviewed.map(({ where, expected, came, why }) => [
      parityLink(name),
      cell(where),
      saidBy(expected),
      saidBy(came),
      cell(why),
    ]),
  );

/** `docs/compatibility.md`: every annotation of ingress-nginx, what becomes of it, and the tests that show it. */
export const compatibilityDoc = (): string => {
  const rows = registry
    .flatMap((family) => keysOf(family, 'annotation').flatMap(rowsOf))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${HEADER}# Compatibility with ingress-nginx 1.15.1

All ${rows.length} annotations, names that are only other names included. Verdicts:

${legendOf(rows.map(([, verdict]) => verdict))}
What shows it: a golden case (objects, the configuration that comes of them, and requests through a real NGINX), one where the value closes its routes, and recordings of ingress-nginx 1.15.1 with which \`npm run parity\` compares our answers. A case with * holds an answer that [differs on purpose](#answers-that-differ-on-purpose). Keys of the ConfigMap stand in [settings.md](settings.md).

${table(
  ['annotation', 'verdict', 'how', 'shown by'],
  rows.map(([name, ...rest]) => [code(name), ...rest]),
)}
## Answers that differ on purpose

Of all recorded answers these are the ones that differ, line by line. Every other difference fails \`npm run parity\`. The reasons in full are in [ADR 13](adr/0013-stricter-on-purpose.md).

${table(['case', 'request', 'ingress-nginx', 'Portico', 'why'], purposeRows())}`;
};
