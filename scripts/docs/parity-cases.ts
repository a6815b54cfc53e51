import { missingFor } from '../../test/parity/coverage.ts';
import { caseNames, readCase, type Case } from '../../test/parity/recording.ts';
import type { ApiObject } from '../../test/support/api-writer.ts';
import type { Key } from './registry-keys.ts';

interface Use {
  readonly source: Key['source'];
  readonly key: string;
  readonly name: string;
  /** How many keys the case uses: the fewer, the more it says of each. */
  readonly size: number;
}

const PREFIX = 'nginx.ingress.kubernetes.io/';

const annotationsOf = ({ metadata }: ApiObject): readonly string[] =>
  Object.keys(metadata['annotations'] ?? {})
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));

const usesIn = ({ name, steps }: Case): readonly Use[] => {
  const annotations = new Set(steps.flatMap(({ manifests = [] }) => manifests.flatMap(annotationsOf)));
  const settings = new Set(steps.flatMap(({ config = {} }) => Object.keys(config)));
  const size = annotations.size + settings.size;
  return [
    ...[...annotations].map((key) => ({ source: 'annotation' as const, key, name, size })),
    ...[...settings].map((key) => ({ source: 'configmap' as const, key, name, size })),
  ];
};

const MAX_SHOWN = 2;
let known: readonly Use[] | undefined;

/** Only what this version covers is ever compared. */
const allUses = (): readonly Use[] =>
  (known ??= caseNames()
    .map(readCase)
    .filter((one) => missingFor(one).length === 0)
    .flatMap(usesIn));

/** Names of recorded cases that use a key and are compared with ingress-nginx: the two that use the fewest others. */
export const parityCasesOf = (key: Key): readonly string[] =>
  allUses()
    .filter((use) => use.source === key.source && use.key === key.name)
    .toSorted((a, b) => a.size - b.size)
    .slice(0, MAX_SHOWN)
    .map(({ name }) => name);
