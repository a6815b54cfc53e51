import { CommanderError, type Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT, exitCodeOf, messageOf } from './exit-codes.ts';

/** Builds a command; it says by `finish` how it went. */
export type CommandOf = (finish: (code: number) => void) => Command;

const finish = (code: number): void => {
  process.exitCode = code;
};

/** Runs a command on the arguments of this process; how it went is the exit code. */
export const runProgram = async (commandOf: CommandOf): Promise<void> => {
  const program = commandOf(finish).version(packageJson.version, '--version', 'print the version');
  for (const command of [program, ...program.commands]) {
    command.exitOverride().showHelpAfterError('(--help shows what there is)');
  }
  try {
    await program.parseAsync();
    // A channel to whoever started us would keep a process alive that has nothing left to do.
    if (process.connected) process.disconnect();
  } catch (error) {
    // Commander has said what is wrong; help and version are no mistakes.
    if (error instanceof CommanderError) finish(error.exitCode === 0 ? EXIT.good : EXIT.usage);
    else {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(exitCodeOf(error));
    }
  }
};
