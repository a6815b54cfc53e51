import { backOff } from './back-off.ts';

const LONGEST_RETRY_MS = 5 * 60_000;

/** A port that NGINX could not open. */
interface HeldPort {
  readonly why: string;
  readonly refusals: number;
  readonly retryAt: number;
}

/** Ports that NGINX could not open, in the attempt to bring one snapshot live. */
export interface PortTrial {
  readonly held: ReadonlyMap<number, HeldPort>;
  /** Those that are tried again. */
  readonly released: ReadonlySet<number>;
}

/** No port was ever refused. */
export const allOpen: PortTrial = { held: new Map(), released: new Set() };

/** Begins an attempt: ports whose time has come are tried again. */
export const tryPorts = ({ held }: PortTrial, now: number): PortTrial => {
  const due = [...held].filter(([, { retryAt }]) => retryAt <= now);
  return { held, released: new Set(due.map(([port]) => port)) };
};

/** The ports that are not to be opened, and why. */
export const closedPorts = ({ held, released }: PortTrial): ReadonlyMap<number, string> =>
  new Map([...held].filter(([port]) => !released.has(port)).map(([port, { why }]) => [port, why]));

/** NGINX could not open these: everything else is tried without them. The first reason stays. */
export const refusePorts = (
  { held, released }: PortTrial,
  found: ReadonlyMap<number, string>,
  now: number,
): PortTrial => {
  const refused = [...found].map(([port, said]): readonly [number, HeldPort] => {
    const { why = said, refusals = 0 } = held.get(port) ?? {};
    return [port, { why, refusals: refusals + 1, retryAt: now + backOff(refusals + 1, LONGEST_RETRY_MS) }];
  });
  return { held: new Map([...held, ...refused]), released: released.difference(found) };
};

/** The attempt went live: what was tried again is open, or nobody asks for it any more. */
export const acceptPorts = ({ held, released }: PortTrial): PortTrial => ({
  held: new Map([...held].filter(([port]) => !released.has(port))),
  released: new Set(),
});

/** When the next port is to be tried again. */
export const nextPortRetry = ({ held }: PortTrial): number | undefined =>
  [...held.values()].map(({ retryAt }) => retryAt).toSorted((a, b) => a - b)[0];
