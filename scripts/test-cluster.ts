import { execa } from 'execa';
import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { entering, openNamespace, removeBed } from '../test/cluster/bed/namespace.ts';
import { bringTools } from '../test/cluster/bed/tools.ts';

/** Runs a command inside the bed's own network namespace; everything that a bed starts is gone afterwards. */
const inNamespace = async (command: readonly string[]): Promise<number> => {
  await removeBed();
  try {
    await openNamespace();
    const { exitCode } = await execa('nsenter', [...entering(), ...command], { stdio: 'inherit', reject: false });
    return exitCode ?? 1;
  } finally {
    await removeBed();
  }
};

// The terminal sends Ctrl-C to Vitest as well; this process stays to clean up after it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
try {
  await bringTools();
  process.exitCode = await inNamespace(['vitest', 'run', '--project', 'cluster', ...process.argv.slice(2)]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
