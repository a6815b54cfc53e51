import type { Backend } from '../model/routing-model.ts';

const KIB = 1024;

/** What a peer takes in the zone, in pieces of the sizes in which NGINX deals out shared memory. */
export const PEER_BYTES = KIB;

/** For 8,192 pods, and 16 more with each name; a name of a slot has few. What is not used is no memory of the machine. */
const BASE_BYTES = 8 * KIB ** 2;
const NAME_BYTES = 16 * KIB;
const SLOT_PEER_BYTES = 4 * KIB;

const bytesOf = ({ targetPorts, slots }: Backend): number =>
  targetPorts.length * (slots === undefined ? NAME_BYTES : slots.count * slots.pods * SLOT_PEER_BYTES);

/** Size of the zone that the peers of these backends share; it grows in steps, because a changed size is a reload. */
export const zoneBytes = (backends: readonly Backend[]): number =>
  2 ** Math.ceil(Math.log2(backends.reduce((sum, backend) => sum + bytesOf(backend), BASE_BYTES)));
