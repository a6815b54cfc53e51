import { fileURLToPath } from 'node:url';
import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { runInside } from '../test/cluster/bed/inside.ts';
import { bringTools, installPackages } from '../test/cluster/bed/tools.ts';

const RUN = fileURLToPath(new URL('../bench/run.ts', import.meta.url));

try {
  await bringTools();
  await installPackages({ wrk: 'wrk' });
  process.exitCode = await runInside([process.execPath, RUN]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
