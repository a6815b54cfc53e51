import { describe, expect, test } from 'vitest';
import { goldenCases } from '../support/golden-cases.ts';
import { observe } from '../support/replay-answer.ts';
import { readRequests } from '../support/replay-requests.ts';
import { objectionsToCase, replay } from '../support/replay.ts';

const cases = goldenCases().map((golden, network) => ({
  ...golden,
  golden,
  network,
  requests: readRequests(golden.folder),
}));

describe('NGINX takes without a warning', () => {
  test.concurrent.each(cases)('$name', async ({ golden }) => {
    expect(await objectionsToCase(golden)).toEqual([]);
  });
});

describe('requests through NGINX', () => {
  test.concurrent.each(cases.filter(({ requests }) => requests.length > 0))('$name', async (one) => {
    await replay(one.golden, one.requests, {
      network: one.network,
      use: ({ name, expect: wanted }, answer) =>
        expect({ name, ...observe(answer, wanted) }).toEqual({ name, ...wanted }),
    });
  });
});
