import type { Interruption } from './api-fault.ts';
import type { WatchedKind } from './watched-kinds.ts';

/** Counts what happens while the cluster is read. */
export interface ReadingMeter {
  /** A listing is complete. */
  listed(kind: WatchedKind): void;
  /** A watch began. */
  watched(kind: WatchedKind): void;
  /** A watch told something: a change, or in a bookmark that there was none. */
  heard(kind: WatchedKind, what: 'change' | 'bookmark'): void;
  /** Reading broke off and starts again. */
  interrupted(kind: WatchedKind, reason: Interruption): void;
}

/** Counts nothing. */
export const unmetered: ReadingMeter = { listed() {}, watched() {}, heard() {}, interrupted() {} };
