import { acceptedFlags, type AcceptedGroup } from '../../src/cli/accepted-flags.ts';
import {
  controllerFlags,
  ownControllerFlags,
  ownPlanningFlags,
  planningFlags,
  serverFlags,
  type FlagTable,
} from '../../src/cli/flag-table.ts';
import type { FlagType } from '../../src/cli/flag-types.ts';
import { cell, code, table } from './markdown.ts';

const HEADER =
  '<!-- Generated from src/cli/flag-table.ts and accepted-flags.ts by `npm run docs:update`; edit those instead. -->\n';

const defaultOf = (usual: string | undefined): string => (usual === undefined ? 'not set' : code(usual));

const rowStart = (name: string, flag: { readonly type: FlagType; readonly default?: string }): readonly string[] => [
  code(`--${name}`),
  cell(flag.type.label),
  defaultOf(flag.default),
];

const working = (...tables: readonly FlagTable[]): string =>
  table(
    ['flag', 'value', 'default', 'what it does'],
    tables.flatMap((flags) => Object.entries(flags).map(([name, flag]) => [...rowStart(name, flag), cell(flag.doc)])),
  );

const accepted = (verdict: AcceptedGroup['verdict']): string =>
  table(
    ['flag', 'value', 'default', 'why'],
    acceptedFlags
      .filter((group) => group.verdict === verdict)
      .flatMap(({ reason, flags }) =>
        Object.entries(flags).map(([name, flag]) => [...rowStart(name, flag), cell(reason)]),
      ),
  );

/** `docs/flags.md`: every flag of ingress-nginx and what becomes of it, and those of Portico. */
export const flagsDoc = (): string =>
  `${HEADER}# Flags

Flags of \`portico controller\`, which takes the arguments of a Deployment of ingress-nginx 1.15.1 as they stand, \`/nginx-ingress-controller\` included. \`run\` has the same (\`--healthz-port\`, \`--status-port\` and \`--state-dir\` with other defaults); \`render\` and \`check\` have those that say what to serve. A value stands after \`=\` or a space; a \`bool\` alone is true; an empty value means what leaving the flag out means. An unknown flag, a value of another type, or flags that contradict each other end the program with exit code 2: \`--watch-namespace\` with \`--watch-namespace-selector\`, \`--publish-service\` with \`--publish-status-address\`, \`--metrics-per-undefined-host\` without \`--metrics-per-host\`.

## Flags of ingress-nginx that work

\`--version\` prints the version and ends.

${working(planningFlags, serverFlags, controllerFlags)}
## Flags of Portico

${working(ownPlanningFlags, ownControllerFlags)}
## Accepted, but what they ask for does not happen

The log says so at the start (a warning), unless the value asks for what happens anyway.

${accepted('missing')}
## Accepted, and not needed

${accepted('unneeded')}`;
