/** What a caught value says, whatever it is. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether the system refused something with one of these codes, such as `ENOENT`. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** Whether the system refused something; what else is thrown is a Fault or our own bug. */
export const isSystemError = (error: unknown): error is Error => error instanceof Error && 'syscall' in error;
