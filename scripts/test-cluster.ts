import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { runInside } from '../test/cluster/bed/inside.ts';
import { buildImages, handOver } from '../test/cluster/bed/images.ts';
import { bringTools } from '../test/cluster/bed/tools.ts';

try {
  await bringTools();
  // Inside there is no way out to the registries that a build asks.
  handOver(await buildImages());
  process.exitCode = await runInside(['vitest', 'run', '--project', 'cluster', ...process.argv.slice(2)]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
