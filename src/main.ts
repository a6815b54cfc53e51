import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { agentCommand } from './cli/agent.ts';
import { checkCommand } from './cli/check.ts';
import { controllerCommand } from './cli/controller.ts';
import { EXIT, exitCodeOf, messageOf } from './cli/exit-codes.ts';
import { renderCommand } from './cli/render.ts';
import { runCommand } from './cli/run.ts';

const finish = (code: number): void => {
  process.exitCode = code;
};

const program = new Command('portico')
  .description('Ingress controller on stock NGINX')
  .version(packageJson.version, '--version', 'print the version')
  .exitOverride()
  .showHelpAfterError('(--help shows what there is)');

for (const command of [runCommand, renderCommand, checkCommand, controllerCommand, agentCommand]) {
  program.addCommand(command(finish).exitOverride().showHelpAfterError('(--help shows what there is)'));
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
