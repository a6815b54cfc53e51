import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { patient, pauseAfter } from './pauses.ts';

test('failures wait half a second at least and ten seconds at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const wait = pauseAfter(failures, patient, random);
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(10_000);
    }),
  );
});

test('pauses double', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((failures) => pauseAfter(failures, patient, 1))).toEqual([
    1000, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000,
  ]);
});
