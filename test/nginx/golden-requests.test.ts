import { describe, test } from 'vitest';
import type { NginxModule } from '../../src/values/nginx-module.ts';
import { goldenCases, type GoldenCase } from '../support/golden-cases.ts';
import { observe } from '../support/replay-answer.ts';
import { readRequests } from '../support/replay-requests.ts';
import { objectionsToCase, replay } from '../support/replay.ts';

/** No package brings them here: their configuration is compared as text only. */
const UNOBTAINABLE: readonly NginxModule[] = ['otel_module'];

/** Where NGINX lacks another module that a case needs, the case fails: a package is missing. */
const isTestable = ({ options: { capabilities } }: GoldenCase): boolean =>
  UNOBTAINABLE.every((module) => capabilities.modules?.includes(module) !== true);

const cases = goldenCases()
  .filter(isTestable)
  .map((golden, network) => ({ ...golden, golden, network, requests: readRequests(golden.folder) }));

describe('NGINX takes without a warning', () => {
  test.concurrent.for(cases)('$name', async ({ golden }, { expect }) => {
    expect(await objectionsToCase(golden)).toEqual([]);
  });
});

describe('requests through NGINX', () => {
  test.concurrent.for(cases.filter(({ requests }) => requests.length > 0))('$name', async (one, { expect }) => {
    await replay(one.golden, one.requests, {
      network: one.network,
      use: ({ name, expect: wanted }, answer) =>
        expect({ name, ...observe(answer, wanted) }).toEqual({ name, ...wanted }),
    });
  });
});
