import { Command } from 'commander';
import { agentCommand } from './cli/agent.ts';
import { checkCommand } from './cli/check.ts';
import { controllerCommand } from './cli/controller.ts';
import { runProgram } from './cli/program.ts';
import { renderCommand } from './cli/render.ts';
import { runCommand } from './cli/run.ts';

await runProgram((finish) => {
  const program = new Command('portico').description('Ingress controller on stock NGINX');
  for (const commandOf of [runCommand, renderCommand, checkCommand, controllerCommand, agentCommand]) {
    program.addCommand(commandOf(finish));
  }
  return program;
});
