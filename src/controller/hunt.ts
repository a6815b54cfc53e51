import type { ObjectRef } from '../values/object-ref.ts';

/**
 * The search for one culprit among suspects when NGINX names no line. Each test is a publication, so what passes is live.
 * `base`: without any suspect · `halving`: `accused` and `trial` together hold a culprit · `rest`: the culprit is found,
 * everything else at once. That is one test for the base, log2(n) for the halves, one for the rest.
 */
export interface Hunt {
  readonly stage: 'base' | 'halving' | 'rest';
  /** Suspects whose newest version is part of the test. */
  readonly trial: readonly ObjectRef[];
  readonly accused: readonly ObjectRef[];
  /** Neither accused nor cleared. */
  readonly unsure: readonly ObjectRef[];
}

/** What a test of the hunt taught. */
export type Finding =
  | { readonly kind: 'continue'; readonly hunt: Hunt }
  | { readonly kind: 'convict'; readonly culprit: ObjectRef; readonly hunt: Hunt }
  /** Refused even without any suspect: none of them is to blame. */
  | { readonly kind: 'innocent' }
  /** There is more than one culprit; the search costs no further tests now. */
  | { readonly kind: 'give-up'; readonly suspects: readonly ObjectRef[] }
  | { readonly kind: 'over' };

/** The first test: everything but the suspects. */
export const beginHunt = (suspects: readonly ObjectRef[]): Hunt => ({
  stage: 'base',
  trial: [],
  accused: suspects,
  unsure: [],
});

/** The suspects whose newest version is not part of the test under way. */
export const withheld = (hunt: Hunt | undefined): ReadonlySet<ObjectRef> =>
  new Set(hunt === undefined ? [] : [...hunt.accused, ...hunt.unsure]);

/** What follows when NGINX took the test. */
export const huntPassed = (hunt: Hunt): Finding =>
  hunt.stage === 'rest' ? { kind: 'over' } : narrow(hunt.accused, hunt.unsure);

/** What follows when NGINX refused the test without naming a line. */
export const huntRefused = (hunt: Hunt): Finding => {
  if (hunt.stage === 'base') return { kind: 'innocent' };
  if (hunt.stage === 'rest') return { kind: 'give-up', suspects: hunt.trial };
  return narrow(hunt.trial, [...hunt.unsure, ...hunt.accused]);
};

const narrow = (guilty: readonly ObjectRef[], unsure: readonly ObjectRef[]): Finding => {
  const [culprit, ...others] = guilty;
  if (culprit !== undefined && others.length === 0) {
    return { kind: 'convict', culprit, hunt: { stage: 'rest', trial: unsure, accused: [], unsure: [] } };
  }
  const middle = Math.ceil(guilty.length / 2);
  const hunt: Hunt = { stage: 'halving', trial: guilty.slice(0, middle), accused: guilty.slice(middle), unsure };
  return { kind: 'continue', hunt };
};
