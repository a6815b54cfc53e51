import { describe, expect, test } from 'vitest';
import { slotAddress } from './slots.ts';

const SLOTS = 128;
const pods = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `10.0.3.${index + 1}`);
const chosen = (addresses: readonly string[]): readonly (string | undefined)[] =>
  Array.from({ length: SLOTS }, (_, slot) => slotAddress(slot, addresses));

describe('the address of a slot', () => {
  test('is none where there is none', () => {
    expect(slotAddress(0, [])).toBeUndefined();
  });

  test('does not depend on the order of the addresses', () => {
    expect(chosen(pods(9).toReversed())).toEqual(chosen(pods(9)));
  });

  test.each([2, 3, 8, 30])('spreads slots over %i pods, none without work', (count) => {
    const loads = Map.groupBy(chosen(pods(count)), (address) => address);
    expect(loads.size).toBe(count);
    expect(Math.max(...[...loads.values()].map((slots) => slots.length))).toBeLessThan((SLOTS / count) * 2.5);
  });

  test.each([1, 3, 8, 30])('moves only to the new pod when one joins %i others', (count) => {
    const [before, after] = [chosen(pods(count)), chosen(pods(count + 1))];
    const moved = after.filter((address, slot) => address !== before[slot]);
    expect(new Set(moved)).toEqual(new Set([`10.0.3.${count + 1}`]));
    expect(moved.length).toBeLessThan((SLOTS / (count + 1)) * 2.5);
  });
});
