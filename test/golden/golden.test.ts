import { expect, test } from 'vitest';
import { emptyState } from '../../src/cluster/cluster-state.ts';
import { plan } from '../../src/plan/plan.ts';
import { formatProblem } from '../../src/problems/problem.ts';
import { goldenCases } from '../support/golden-cases.ts';

/** The directives before `http`. */
const unitsBefore = (config: string): readonly string[] => {
  const [before = ''] = config.split('\nhttp {\n');
  return before
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.endsWith(';'));
};

/** The directives and blocks of a context, each with the comments above it. */
const unitsIn = (context: string, config: string): readonly string[] => {
  const [, text = ''] = config.split(`\n${context} {\n`);
  const [inside = ''] = text.split('\n}\n');
  const units: string[] = [];
  let unit: string[] = [];
  for (const line of inside.split('\n')) {
    if (line !== '' || unit.length > 0) unit.push(line.slice(4));
    const inBlock = unit.some((one) => one.endsWith('{'));
    if (line !== '    }' && (inBlock || !line.endsWith(';'))) continue;
    units.push(unit.join('\n'));
    unit = [];
  }
  return units;
};

const httpUnits = (config: string): readonly string[] => [...unitsBefore(config), ...unitsIn('http', config)];

/** What a configuration has more than that of an installation without objects, and as comments what it has not. */
const fragment = (config: string, empty: string): string => {
  const http = difference(httpUnits(config), httpUnits(empty));
  const stream = difference(unitsIn('stream', config), unitsIn('stream', empty));
  return stream === '' ? http : `${http}\n# stream\n${stream}`;
};

const difference = (units: readonly string[], usual: readonly string[]): string => {
  const missing = usual.filter((unit) => !units.includes(unit) && !unit.endsWith('}'));
  const added = units.filter((unit) => !usual.includes(unit));
  const text = [...missing.map((unit) => `# without ${unit}`), ...added];
  return text.map((unit) => (unit.endsWith('}') ? `\n${unit}\n` : `${unit}\n`)).join('').replaceAll(/\n{3,}/g, '\n\n').trimStart();
};

test.each(goldenCases())('$name', async ({ name, folder, state, options }) => {
  const planned = plan(state, options);
  const config = planned.generation.files[0]?.text ?? '';
  const empty = plan(emptyState, options).generation.files[0]?.text ?? '';
  const problems = planned.problems.map((problem) => `${problem.code}: ${formatProblem(problem)}\n`).join('');
  const shown = name.startsWith('whole/') ? config : fragment(config, empty);
  await expect(shown).toMatchFileSnapshot(`${folder}/expected.conf`);
  await expect(problems).toMatchFileSnapshot(`${folder}/problems.txt`);
});
