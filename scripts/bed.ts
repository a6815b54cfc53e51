import { fileURLToPath } from 'node:url';
import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { runInside } from '../test/cluster/bed/inside.ts';
import { bringTools } from '../test/cluster/bed/tools.ts';

const SHELL = fileURLToPath(new URL('../test/cluster/bed/shell.ts', import.meta.url));

try {
  await bringTools();
  process.exitCode = await runInside([process.execPath, SHELL]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
