import type { Ingress } from '../cluster/resources.ts';
import type { SetAside } from '../plan/set-aside.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';
import { affordableAt, type Buckets } from './token-bucket.ts';

/** An object whose newest version is not served, and when that version is tried again. */
export interface Aside {
  readonly setAside: SetAside;
  /** The version that was refused. */
  readonly fingerprint: string;
  /** How often that version was refused on its own account; 0: only suspected, or changed since. */
  readonly refusals: number;
  readonly retryAt: number;
}

type ByIngress<T> = ReadonlyMap<ObjectRef, T>;

/** What the loop remembers from one round to the next. */
export interface Memory {
  /** The version of each Ingress that was last live. */
  readonly lastGood: ByIngress<Ingress>;
  /** What of each Ingress is live now, as `formKey` names it. */
  readonly served: ByIngress<string>;
  readonly aside: ByIngress<Aside>;
  readonly buckets: Buckets;
}

/** A memory that knows the last good versions and nothing else, as after a restart. */
export const rememberLastGood = (versions: readonly Ingress[]): Memory => ({
  lastGood: new Map(versions.map((version) => [version.ref, version])),
  served: new Map(versions.map((version) => [version.ref, version.fingerprint])),
  aside: new Map(),
  buckets: new Map(),
});

/** Identity of what is planned of an Ingress: its newest version where nothing is put in its place. */
export const formKey = (newest: Ingress, inPlace: SetAside | undefined): string => {
  if (inPlace === undefined) return newest.fingerprint;
  if (inPlace.served === 'last-good') return inPlace.lastGood.fingerprint;
  return inPlace.served === 'closed' ? `closed ${newest.fingerprint}` : 'dropped';
};

/** What first takes the place of a refused version: the last live one, or nothing but 503. */
export const substitute = (memory: Memory, refused: Ingress, reason: string): SetAside => {
  const lastGood = memory.lastGood.get(refused.ref);
  if (lastGood === undefined || lastGood.fingerprint === refused.fingerprint) return { served: 'closed', reason };
  return { served: 'last-good', lastGood, reason };
};

/** What takes the place of a substitute that was refused too. */
export const demote = (refused: SetAside): SetAside => ({
  served: refused.served === 'last-good' ? 'closed' : 'dropped',
  reason: refused.reason,
});

const keepKnown = <T>(entries: ByIngress<T>, isKnown: (ref: ObjectRef) => boolean): ByIngress<T> =>
  new Map([...entries].filter(([ref]) => isKnown(ref)));

/** Forgets deleted Ingresses; one of the same name but another age is another object. */
export const forgetDeleted = (memory: Memory, ingresses: ByIngress<Ingress>): Memory => {
  const isKnown = (ref: ObjectRef): boolean => {
    const now = ingresses.get(ref);
    return now !== undefined && now.createdAt === (memory.lastGood.get(ref) ?? now).createdAt;
  };
  return {
    lastGood: keepKnown(memory.lastGood, isKnown),
    served: keepKnown(memory.served, isKnown),
    aside: keepKnown(memory.aside, isKnown),
    buckets: memory.buckets,
  };
};

/** A changed object starts over: it is due at once, and what was refused before does not count. */
export const noticeChanges = (memory: Memory, ingresses: ByIngress<Ingress>, now: number): Memory => {
  const aside = [...memory.aside].map(([ref, entry]): readonly [ObjectRef, Aside] => {
    const fingerprint = ingresses.get(ref)?.fingerprint ?? entry.fingerprint;
    return [ref, fingerprint === entry.fingerprint ? entry : { ...entry, fingerprint, refusals: 0, retryAt: now }];
  });
  return { ...memory, aside: new Map(aside) };
};

const dueAt = (memory: Memory, ref: ObjectRef, entry: Aside): number =>
  Math.max(entry.retryAt, affordableAt(memory.buckets, refParts(ref).namespace));

/** When the next set-aside object is to be tried again. */
export const nextRetry = (memory: Memory): number | undefined =>
  [...memory.aside].map(([ref, entry]) => dueAt(memory, ref, entry)).toSorted((a, b) => a - b)[0];

/**
 * The objects to try again now. Of each namespace those that are only suspected go first: a group of them shrinks with
 * each refusal, while refused ones that return again and again could keep them from ever being cleared.
 */
export const dueRetries = (memory: Memory, now: number): ReadonlySet<ObjectRef> => {
  const due = [...memory.aside].filter(([ref, entry]) => dueAt(memory, ref, entry) <= now);
  const hasSuspects = new Set(due.filter(([, entry]) => entry.refusals === 0).map(([ref]) => refParts(ref).namespace));
  const first = due.filter(([ref, entry]) => entry.refusals === 0 || !hasSuspects.has(refParts(ref).namespace));
  return new Set(first.map(([ref]) => ref));
};
