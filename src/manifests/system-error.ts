/** What the system says is wrong, with the path: `ENOENT: no such file or directory, stat 'x'`. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether the path does not exist, or not any more. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Whether the system refused a file operation; anything else is our own bug. */
export const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
