/** What a log line says besides its message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where agent and supervisor write their log. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
