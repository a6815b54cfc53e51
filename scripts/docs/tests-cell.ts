import { onPurpose } from '../../test/parity/on-purpose.ts';
import { closedExampleOf, exampleOf, type Example } from './golden-examples.ts';
import { linkTo } from './markdown.ts';
import { parityCasesOf } from './parity-cases.ts';
import type { Key } from './registry-keys.ts';

/** A link to the folder of a golden case. */
export const goldenLink = ({ golden }: Example): string => linkTo(golden, `test/golden/${golden}`);

/** A link to a recorded case. */
export const parityLink = (name: string): string => linkTo(name, `test/parity/cases/${name}.yaml`);

/** Links to the tests that show what becomes of a key; empty where none does. */
export const testsOf = (key: Key): string => {
  const [taken, closed] = [exampleOf(key), closedExampleOf(key)];
  const parity = parityCasesOf(key).map((name) => `${parityLink(name)}${name in onPurpose ? '*' : ''}`);
  return [
    ...(taken === undefined ? [] : [goldenLink(taken)]),
    ...(closed === undefined ? [] : [`closed: ${goldenLink(closed)}`]),
    ...(parity.length === 0 ? [] : [`compared: ${parity.join(', ')}`]),
  ].join('; ');
};
