import { agentCommand } from './cli/agent.ts';
import { runProgram } from './cli/program.ts';

await runProgram(agentCommand);
