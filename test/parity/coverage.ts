import { decodeObject } from '../../src/cluster/decode.ts';
import { stateOf } from '../../src/cluster/state-of.ts';
import { plan } from '../../src/plan/plan.ts';
import type { Problem } from '../../src/problems/problem.ts';
import type { ApiObject } from '../support/api-writer.ts';
import { testOptions } from '../support/plan-options.ts';
import type { Case } from './recording.ts';
import { baseObjects, placed, settingsObject } from './world.ts';

/** Parts of ingress-nginx that are no annotation and no setting, and how a case uses them. */
const parts: Readonly<Record<string, (one: Case) => boolean>> = {
  'the admission webhook': ({ webhook }) => webhook,
  'the status of Ingresses': ({ steps }) => steps.some(({ status }) => status !== undefined),
};

const problemsOf = (objects: readonly ApiObject[]): readonly Problem[] => {
  const decoded = objects.map((object) => decodeObject(object));
  const found = decoded.flatMap((one) => (one.outcome === 'object' ? [one.object] : []));
  return plan(stateOf(found, []), testOptions()).problems;
};

/** A name that nobody knows is a mistake of the case's Ingress, and part of what it shows. */
const isPlanned = ({ code }: Problem): boolean => code.startsWith('Unsupported');

const nameOf = ({ subject, field, received }: Problem): string => {
  const kind = subject.startsWith('ConfigMap/') ? 'setting' : 'annotation';
  const name = String(field.at(-1)).replace(/^.*\//, '');
  return `${kind} ${name}${received === undefined ? '' : `: ${received}`}`;
};

const missingInPlans = ({ steps }: Case): readonly string[] => {
  const objects: ApiObject[] = [...baseObjects];
  return steps.flatMap(({ manifests = [], config = {} }) => {
    objects.push(...manifests.map(placed));
    return problemsOf([...objects, settingsObject(config)])
      .filter(isPlanned)
      .map(nameOf);
  });
};

/** What a case uses and Portico says that it does not have yet; empty where it is covered. */
export const missingFor = (one: Case): readonly string[] => {
  const used = Object.entries(parts).filter(([, isUsed]) => isUsed(one));
  return [...new Set([...missingInPlans(one), ...used.map(([name]) => name)])];
};
