import { describe, test } from 'vitest';
import { inspectNginx } from '../../src/agent/nginx-binary.ts';
import { goldenCases, type GoldenCase } from '../support/golden-cases.ts';
import { observe } from '../support/replay-answer.ts';
import { readRequests } from '../support/replay-requests.ts';
import { objectionsToCase, replay } from '../support/replay.ts';

const cases = goldenCases().map((golden, network) => ({
  ...golden,
  golden,
  network,
  requests: readRequests(golden.folder),
}));

const { modules } = await inspectNginx(process.env['NGINX_BINARY'] ?? 'nginx');

/** Whether a case is for an NGINX with parts that this one lacks. */
const needsOther = ({ options: { capabilities } }: GoldenCase): boolean =>
  capabilities.modules?.some((module) => !modules.includes(module)) === true;

describe('NGINX takes without a warning', () => {
  test.concurrent.for(cases)('$name', async ({ golden }, { expect, skip }) => {
    skip(needsOther(golden), 'this NGINX lacks its modules');
    expect(await objectionsToCase(golden)).toEqual([]);
  });
});

describe('requests through NGINX', () => {
  test.concurrent.for(cases.filter(({ requests }) => requests.length > 0))('$name', async (one, { expect, skip }) => {
    skip(needsOther(one.golden), 'this NGINX lacks its modules');
    await replay(one.golden, one.requests, {
      network: one.network,
      use: ({ name, expect: wanted }, answer) =>
        expect({ name, ...observe(answer, wanted) }).toEqual({ name, ...wanted }),
    });
  });
});
