import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Blocks of a document that show a command and what it prints; a command that several show is run once. */
const shown = ['README.md', 'docs/howto/troubleshoot.md'].flatMap((path) =>
  [...readFileSync(`${ROOT}/${path}`, 'utf8').matchAll(/^```console\n\$ npm run portico -- (.+)\n([^`]+)^```$/gm)].map(
    ([, command = '', output = '']) => ({ path, command, output }),
  ),
);

const printedBy = async (command: string): Promise<string> => {
  const args = [`${ROOT}/src/main.ts`, ...command.split(' ')];
  const { stdout, stderr } = await execa(process.execPath, args, { cwd: ROOT, reject: false, timeout: 50_000 });
  return `${stdout}\n${stderr}\n`;
};

test.each([...Map.groupBy(shown, ({ command }) => command)])(
  '%s prints what documents show',
  async (command, blocks) => {
    const printed = await printedBy(command);
    expect(blocks.map(({ path, output }) => ({ path, output }))).toEqual(
      blocks.map(({ path }) => ({ path, output: printed })),
    );
  },
);

test('documents show a command and its output', () => {
  expect(shown.map(({ path }) => path)).toEqual(['README.md', 'docs/howto/troubleshoot.md']);
});
