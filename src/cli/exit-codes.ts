import { Fault, type FaultCode } from '../problems/fault.ts';

/** What the process says when it ends; documented in the README. */
export const EXIT = { good: 0, problems: 1, usage: 2, environment: 3, bug: 70 } as const;

const faultExit: Readonly<Record<FaultCode, number>> = {
  usage: EXIT.usage,
  template: EXIT.usage,
  'nginx-missing': EXIT.environment,
  'nginx-too-old': EXIT.environment,
  'folder-not-writable': EXIT.environment,
  'port-in-use': EXIT.environment,
  manifests: EXIT.environment,
  protocol: EXIT.environment,
  publish: EXIT.environment,
  reload: EXIT.environment,
  cluster: EXIT.environment,
};

/** The exit code for something that was thrown. */
export const exitCodeOf = (error: unknown): number => (error instanceof Fault ? faultExit[error.code] : EXIT.bug);

/** What to print for something that was thrown: a sentence for a Fault, the whole stack for our bug. */
export const messageOf = (error: unknown): string => {
  if (error instanceof Fault) {
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
    return `portico: ${error.message}${cause}`;
  }
  return `portico: this is a bug, please report it\n${error instanceof Error ? error.stack : String(error)}`;
};
