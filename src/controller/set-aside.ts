import type { Ingress } from '../cluster/resources.ts';
import type { SetAside } from '../plan/set-aside.ts';
import { invariant } from '../values/invariant.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';
import { backOff } from './back-off.ts';
import { beginHunt, huntPassed, huntRefused, withheld, type Finding, type Hunt } from './hunt.ts';
import {
  demote,
  dueRetries,
  forgetDeleted,
  formKey,
  noticeChanges,
  substitute,
  type Aside,
  type Memory,
} from './memory.ts';
import { affordableAt, spend, withoutFull } from './token-bucket.ts';

/** The attempt to bring one snapshot of the cluster live: as many tests as it takes to leave out what NGINX refuses. */
export interface Round {
  readonly ingresses: ReadonlyMap<ObjectRef, Ingress>;
  readonly memory: Memory;
  /** Set-aside objects whose newest version is tried again. */
  readonly released: ReadonlySet<ObjectRef>;
  readonly hunt?: Hunt;
}

/** What a test taught; without `next` nothing more is to be tested. */
export interface Step {
  readonly memory: Memory;
  readonly next?: Round;
}

/** What NGINX said against each object that a line of its complaint leads to. */
export type Blame = ReadonlyMap<ObjectRef, string>;

const LONGEST_RETRY_MS = 5 * 60_000;
const UNNAMED = 'NGINX refused the newest changes without naming a line, and this is one of them';
const EXHAUSTED = 'NGINX refused too many objects of this namespace, and this one is not tested yet';
const WITHHELD = 'its newest version waits while NGINX is asked which change it refuses';

/** Begins a round: set-aside objects whose time has come or that changed are tried again. */
export const openRound = (before: Memory, ingresses: Round['ingresses'], now: number): Round => {
  const known = noticeChanges(forgetDeleted(before, ingresses), ingresses, now);
  const memory = { ...known, buckets: withoutFull(known.buckets, now) };
  return holdBackExhausted({ ingresses, memory, released: dueRetries(memory, now) }, now);
};

/** What to plan in place of which object in the test under way. */
export const inPlace = (round: Round): ReadonlyMap<ObjectRef, SetAside> => {
  const waiting = withheld(round.hunt);
  const replaced = [...round.ingresses.keys()].flatMap((ref) => {
    const form = formOf(round, ref, waiting);
    return form === undefined ? [] : [[ref, form] as const];
  });
  return new Map(replaced);
};

/** Whether the test tries something whose refusal would surprise nobody, so that its plan says little about tomorrow. */
export const isProvisional = (round: Round): boolean => round.released.size > 0 || round.hunt !== undefined;

/** The test went live. */
export const accept = (round: Round, now: number): Step => {
  const forms = inPlace(round);
  const isNewest = (ref: ObjectRef): boolean => !forms.has(ref);
  const newest = [...round.ingresses].filter(([ref]) => isNewest(ref));
  const memory: Memory = {
    lastGood: new Map([...round.memory.lastGood, ...newest]),
    served: new Map([...round.ingresses].map(([ref, ingress]) => [ref, formKey(ingress, forms.get(ref))])),
    aside: new Map([...round.memory.aside].filter(([ref]) => !isNewest(ref))),
    buckets: round.memory.buckets,
  };
  if (round.hunt === undefined) return { memory };
  return learn({ ...round, memory }, huntPassed(round.hunt), now) ?? { memory };
};

/** NGINX refused the test; nothing where no object is to blame. */
export const refuse = (round: Round, blame: Blame, now: number): Step | undefined => {
  const forms = inPlace(round);
  const guilty = [...blame].filter(([ref]) => round.ingresses.has(ref) && forms.get(ref)?.served !== 'dropped');
  if (guilty.length > 0) {
    // A search that is under way starts over: what it learnt spoke of more than one object.
    const convicted = guilty.reduce((done, accusation) => convict(done, accusation, now), round);
    return testAgain(holdBackExhausted(withHunt(convicted), now));
  }
  if (round.hunt !== undefined) return learn(round, huntRefused(round.hunt), now);
  const suspects = unproven(round).filter((ref) => !forms.has(ref));
  return suspects.length > 0 ? testAgain(withHunt(round, beginHunt(suspects))) : withoutSubstitutes(round);
};

const testAgain = (next: Round): Step => ({ memory: next.memory, next });

const withHunt = ({ ingresses, memory, released }: Round, hunt?: Hunt): Round =>
  hunt === undefined ? { ingresses, memory, released } : { ingresses, memory, released, hunt };

const learn = (round: Round, finding: Finding, now: number): Step | undefined => {
  switch (finding.kind) {
    case 'continue':
      return testAgain(withHunt(round, finding.hunt));
    case 'convict': {
      const found = convict(withHunt(round), [finding.culprit, UNNAMED], now);
      return testAgain(withHunt(found, finding.hunt));
    }
    case 'give-up':
      if (finding.suspects.length === 0) return withoutSubstitutes(round);
      return testAgain(suspend(withHunt(round), [finding.suspects, UNNAMED], now));
    case 'innocent':
      return withoutSubstitutes(round);
    case 'over':
      return { memory: round.memory };
  }
};

const formOf = (round: Round, ref: ObjectRef, waiting: ReadonlySet<ObjectRef>): SetAside | undefined => {
  const entry = round.memory.aside.get(ref);
  if (entry !== undefined && !round.released.has(ref)) return entry.setAside;
  return waiting.has(ref) ? liveForm(round, ref) : undefined;
};

/** What is live of an object, where that can be planned again; else nothing of it, which is never refused. */
const liveForm = ({ ingresses, memory }: Round, ref: ObjectRef): SetAside => {
  const lastGood = memory.lastGood.get(ref);
  const forms: readonly (SetAside | undefined)[] = [
    memory.aside.get(ref)?.setAside,
    lastGood === undefined ? undefined : { served: 'last-good', lastGood, reason: WITHHELD },
  ];
  const isLive = (form: SetAside): boolean => formKey(known(ingresses, ref), form) === memory.served.get(ref);
  return forms.find((form) => form !== undefined && isLive(form)) ?? { served: 'dropped', reason: WITHHELD };
};

/** Objects of which something is planned that is not live as it stands. */
const unproven = (round: Round): readonly ObjectRef[] => {
  const forms = inPlace(round);
  const differs = ([ref, ingress]: readonly [ObjectRef, Ingress]): boolean => {
    const form = forms.get(ref);
    return form?.served !== 'dropped' && formKey(ingress, form) !== round.memory.served.get(ref);
  };
  return [...round.ingresses].filter(differs).map(([ref]) => ref);
};

/** Whether something of the object is planned that is not live as it stands. */
export const isNew = (round: Round, ref: ObjectRef): boolean => unproven(round).includes(ref);

const setAside = (round: Round, entries: ReadonlyMap<ObjectRef, Aside>): Round => ({
  ...round,
  memory: { ...round.memory, aside: new Map([...round.memory.aside, ...entries]) },
  released: round.released.difference(entries),
});

const known = <T>(entries: ReadonlyMap<ObjectRef, T>, ref: ObjectRef): T => {
  const entry = entries.get(ref);
  invariant(entry !== undefined, `${ref} is not part of the round`);
  return entry;
};

const convict = (round: Round, [ref, reason]: readonly [ObjectRef, string], now: number): Round => {
  const refused = known(round.ingresses, ref);
  const form = inPlace(round).get(ref);
  const before = round.memory.aside.get(ref);
  const refusals = (before?.refusals ?? 0) + (form === undefined ? 1 : 0);
  // A version that is refused again keeps its first reason: line numbers move, and each new text would be a new Problem.
  const why = before !== undefined && before.refusals > 0 ? before.setAside.reason : reason;
  const entry: Aside = {
    setAside: form === undefined ? substitute(round.memory, refused, why) : demote({ ...form, reason: why }),
    fingerprint: refused.fingerprint,
    refusals,
    retryAt: now + backOff(refusals, LONGEST_RETRY_MS),
  };
  const buckets = spend(round.memory.buckets, refParts(ref).namespace, now);
  return setAside({ ...round, memory: { ...round.memory, buckets } }, new Map([[ref, entry]]));
};

const suspend = (round: Round, [refs, reason]: readonly [readonly ObjectRef[], string], now: number): Round => {
  const suspended = (ref: ObjectRef): Aside => {
    const newest = known(round.ingresses, ref);
    const before = round.memory.aside.get(ref);
    return {
      setAside: before?.setAside ?? substitute(round.memory, newest, reason),
      fingerprint: newest.fingerprint,
      refusals: before?.refusals ?? 0,
      retryAt: now + backOff(before?.refusals ?? 0, LONGEST_RETRY_MS),
    };
  };
  return setAside(round, new Map(refs.map((ref) => [ref, suspended(ref)])));
};

/** A namespace that has used up its refusals waits with everything that is not proven, so that others need not. */
const holdBackExhausted = (round: Round, now: number): Round => {
  if (round.memory.buckets.size === 0) return round;
  const forms = inPlace(round);
  const isExhausted = (ref: ObjectRef): boolean => affordableAt(round.memory.buckets, refParts(ref).namespace) > now;
  const refs = unproven(round).filter((ref) => !forms.has(ref) && isExhausted(ref));
  return suspend(round, [refs, EXHAUSTED], now);
};

/**
 * The last suspects: what was put in place of refused objects, where that is new itself. Without them everything is
 * tested anew, because a search that is under way counted them as proven.
 */
const withoutSubstitutes = (round: Round): Step | undefined => {
  const waiting = withheld(round.hunt);
  const refs = unproven(round).filter((ref) => round.memory.aside.has(ref) && !waiting.has(ref));
  if (refs.length === 0) return undefined;
  const demoted = refs.map((ref): readonly [ObjectRef, Aside] => {
    const entry = known(round.memory.aside, ref);
    return [ref, { ...entry, setAside: demote(entry.setAside) }];
  });
  return testAgain(withHunt(setAside(round, new Map(demoted))));
};
