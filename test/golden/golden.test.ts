import { expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { formatProblem } from '../../src/problems/problem.ts';
import { goldenCases } from '../support/golden-cases.ts';

/** The blocks that objects asked for, out of the whole configuration: what stands under a `# from` comment in `http`. */
const fragment = (config: string): string => {
  const kept: string[] = [];
  let inside = false;
  for (const line of config.split('\n')) {
    if (/^ {4}# from /.test(line)) {
      if (!inside && kept.length > 0) kept.push('');
      inside = true;
    }
    if (inside) kept.push(line.slice(4));
    if (line === '    }') inside = false;
  }
  return `${kept.join('\n')}\n`;
};

test.each(goldenCases())('$name', async ({ name, folder, state, options }) => {
  const planned = plan(state, options);
  const config = planned.generation.files[0]?.text ?? '';
  const problems = planned.problems.map((problem) => `${problem.code}: ${formatProblem(problem)}\n`).join('');
  await expect(name.startsWith('whole/') ? config : fragment(config)).toMatchFileSnapshot(`${folder}/expected.conf`);
  await expect(problems).toMatchFileSnapshot(`${folder}/problems.txt`);
});
