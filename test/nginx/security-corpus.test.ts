import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNeighbours, type Neighbours } from '../support/hostile-neighbours.ts';
import { attacker, attacks, bypassed, settingsUnder, type Attack } from '../support/security-attacks.ts';
import { testConfig, wholeConfig } from '../support/throwaway-nginx.ts';

let neighbours: Neighbours;

beforeAll(async () => {
  neighbours = await startNeighbours();
});
afterAll(() => neighbours.close());

const [forbidden, allowed] = [false, true].map((snippets) =>
  attacks.filter((one) => (one.snippets === true) === snippets),
);

describe('with all attacks of the security history at once, neighbours are served as before', () => {
  it.each([
    ['as installed', forbidden ?? []],
    ['where snippets are allowed', allowed ?? []],
  ])('%s', async (_, together) => {
    expect(together.length).toBeGreaterThan(5);
    const settings = Object.assign({}, ...together.map((one) => settingsUnder(one, one.payload))) as Readonly<
      Record<string, unknown>
    >;
    const tenants = together.flatMap((one, index) => attacker(`m${index}`, one, one.payload));
    const undisturbed = await neighbours.serve(neighbours.stateWith([], settings));
    const { objections, visits } = await neighbours.serve(neighbours.stateWith(tenants, settings));
    expect(objections).toEqual([]);
    expect(visits).toEqual(undisturbed.visits);
  });
});

/** Around a directive that no grammar has looked at. */
const configAround = (text: string): string => {
  const dollar = 'geo $pt_dollar { default "$"; }';
  if (text.startsWith('hash ')) return wholeConfig(`${dollar} upstream u {\n${text}\nserver unix:/u.sock;\n}`);
  return wholeConfig(`${dollar} server { location / {\n${text}\n} }`);
};

const printed = attacks.flatMap((attack: Attack) => {
  const text = bypassed(attack, attack.payload);
  return text === undefined ? [] : [{ ...attack, text }];
});

it.each(printed)('NGINX takes what the encoder makes of it: $row: $in: $payload', async ({ text }) => {
  expect(await testConfig(configAround(text))).toMatchObject({ accepted: true });
});
