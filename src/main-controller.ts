import { controllerCommand } from './cli/controller.ts';
import { runProgram } from './cli/program.ts';

await runProgram(controllerCommand);
