import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { runInside } from '../test/cluster/bed/inside.ts';
import { bringTools } from '../test/cluster/bed/tools.ts';

try {
  await bringTools();
  process.exitCode = await runInside(['vitest', 'run', '--project', 'cluster', ...process.argv.slice(2)]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
