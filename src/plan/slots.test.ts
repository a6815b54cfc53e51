import { describe, expect, test } from 'vitest';
import { slotAddresses } from './slots.ts';

const SLOTS = 128;
const pods = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `10.0.3.${index + 1}`);
const chosen = (addresses: readonly string[]): readonly (string | undefined)[] =>
  Array.from({ length: SLOTS }, (_, slot) => slotAddresses(slot, addresses, 1)[0]);

describe('the address of a slot', () => {
  test('is none where there is none', () => {
    expect(slotAddresses(0, [], 1)).toEqual([]);
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

describe('the addresses of a slot that has several', () => {
  const groups = (addresses: readonly string[]): readonly (readonly string[])[] =>
    Array.from({ length: SLOTS }, (_, slot) => slotAddresses(slot, addresses, 3));

  test('are all there are where there are no more', () => {
    for (const group of groups(pods(3))) expect(group.toSorted()).toEqual(pods(3));
    for (const group of groups(pods(2))) expect(group.toSorted()).toEqual(pods(2));
  });

  test('differ from each other and leave nobody without work', () => {
    const found = groups(pods(12));
    for (const group of found) expect(new Set(group).size).toBe(3);
    expect(new Set(found.flat()).size).toBe(12);
  });

  test('begin with the one that it would have alone', () => {
    expect(groups(pods(12)).map(([first]) => first)).toEqual(chosen(pods(12)));
  });

  test.each([3, 8, 30])('stay, but for at most one, when a pod joins %i others', (count) => {
    const [before, after] = [groups(pods(count)), groups(pods(count + 1))];
    for (const [slot, group] of after.entries()) {
      const added = group.filter((address) => before[slot]?.includes(address) !== true);
      expect(added.every((address) => address === `10.0.3.${count + 1}`)).toBe(true);
    }
    expect(after).not.toEqual(before);
  });
});
