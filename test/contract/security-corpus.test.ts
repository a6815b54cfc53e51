import { expect, test } from 'vitest';
import { parseConfig, type ConfigNode } from '../../src/nginx/lexer.ts';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { unsound } from '../support/hostile-laws.ts';
import { configText, directivesOfPlan, httpOf } from '../support/hostile-tree.ts';
import { testOptions } from '../support/plan-options.ts';
import { attacks, bypassed, securityRows, stateUnder, type Attack } from '../support/security-attacks.ts';
import { laws } from './security/laws.ts';

const planOf = (attack: Attack, value: string | undefined): Plan => plan(stateUnder(attack, value), testOptions());

/** Names, numbers of arguments and bodies of directives, each where it stands. */
const treeOf = (nodes: readonly ConfigNode[]): readonly unknown[] =>
  nodes.map(({ name, args, children }) => [name, args.length, ...(children === undefined ? [] : [treeOf(children)])]);

const codesOf = ({ problems }: Plan): readonly string[] => problems.map(({ code }) => code);

const everyWord = (nodes: readonly ConfigNode[]): readonly string[] =>
  nodes.flatMap(({ name, args, children }) => [name, ...args, ...everyWord(children ?? [])]);

/** The locations of the attacker's host, without those that every server has. */
const locationsOf = (planned: Plan): readonly ConfigNode[] =>
  httpOf(directivesOfPlan(planned))
    .filter(({ children = [] }) =>
      children.some(({ name, args }) => name === 'server_name' && args[0] === 'm0.example'),
    )
    .flatMap(({ children = [] }) => children)
    .filter(({ name, args }) => name === 'location' && !args[0]?.startsWith('@'));

/** Of a closed location nothing but the name of its object for the log, and 503. */
const CLOSED = /^set \$proxy_upstream_name closed(:[a-z0-9.-]+\/[a-z0-9.-]+)?;return 503$/;

const isClosed = (planned: Plan): boolean => {
  const bodies = locationsOf(planned).map(({ children = [] }) =>
    children.map(({ name, args }) => [name, ...args].join(' ')).join(';'),
  );
  return bodies.length > 0 && bodies.every((body) => CLOSED.test(body));
};

/** Groups of the cluster get numbers of ours. */
const regexText = (text: string): string => text.replace('(', '(?<pt_1>');

const isPrinted = (planned: Plan, { in: place, payload }: Attack): boolean => {
  const text = place.startsWith('header ') ? payload.replaceAll('$', '${pt_dollar}') : payload;
  return everyWord(directivesOfPlan(planned)).some((word) => word.includes(text) || word.includes(regexText(text)));
};

const verdicts: Readonly<Record<Attack['outcome'], (attack: Attack, planned: Plan) => void>> = {
  closed: (attack, planned) => {
    expect(codesOf(planned)).toContain(attack.code);
    expect(isClosed(planned)).toBe(true);
  },
  'left out': (attack, planned) => {
    expect(codesOf(planned)).toContain(attack.code);
    expect(isPrinted(planned, attack)).toBe(false);
  },
  ignored: (attack, planned) => {
    expect(codesOf(planned)).toContain(attack.code);
    expect(configText(planned)).toBe(configText(planOf(attack, undefined)));
  },
  inert: (attack, planned) => {
    const harmless = planOf(attack, attack.in === 'path' ? '/harmless' : 'v');
    expect(codesOf(planned)).toEqual(codesOf(harmless));
    expect(isPrinted(planned, attack)).toBe(true);
    expect(treeOf(directivesOfPlan(planned))).toEqual(treeOf(directivesOfPlan(harmless)));
  },
};

/** What NGINX reads where a location holds what the encoder printed. */
const readBack = (text: string): unknown => {
  const parsed = parseConfig(`location / {\n${text}\n}\nafter;\n`);
  return parsed.ok ? treeOf(parsed.value) : parsed.error;
};

test('every row has an attack or a law, and every attack and law has a row', () => {
  const shown = new Set([...attacks, ...laws].map(({ row }) => row));
  expect([...shown].toSorted()).toEqual(Object.keys(securityRows).toSorted());
});

test.each(Object.entries(securityRows))('%s says in a sentence what went wrong', (_, sentence) => {
  expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
});

test.each(attacks)('$row: $in: $payload is $outcome', (attack) => {
  const planned = planOf(attack, attack.payload);
  expect(unsound(planned)).toEqual([]);
  verdicts[attack.outcome](attack, planned);
});

/** A value that the encoder takes for a kind. */
const USUAL: Readonly<Record<string, string>> = {
  address: '10.0.0.1:80',
  cidr: '10.0.0.0/8',
  file: '/x',
  keyword: 'x',
  serverName: 'a.example',
};

const bypassing = attacks.filter((attack) => attack.as !== undefined);

test.each(bypassing)('$row: $in: $payload is one argument or none where no grammar has looked at it', (attack) => {
  const usual = bypassed(attack, typeof attack.as === 'string' ? (USUAL[attack.as] ?? '/x') : 'x');
  const printed = bypassed(attack, attack.payload);
  expect(usual).toBeDefined();
  expect(printed ?? '').not.toMatch(/[\u0000-\u001f\u007f]/);
  expect(readBack(printed ?? usual ?? '')).toEqual(readBack(usual ?? ''));
});

test.each(laws)('$row: $says', ({ exceptions }) => {
  expect(exceptions()).toEqual([]);
});
