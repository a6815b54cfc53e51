import type { Writable } from 'node:stream';
import winston from 'winston';

/** What a log line says besides its message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the program writes what it does. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** How a logger writes. */
export interface LoggerOptions {
  /** As in klog: from 2 on, what only an engineer wants to know. */
  readonly verbosity: number;
  readonly stream: Writable & { readonly isTTY?: boolean };
  readonly now?: () => Date;
}

interface Entry {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
  readonly time: string;
}

const escapeUnits = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** What JSON leaves as it is, though a terminal or a reader of lines does not; marks that hide or turn text too. */
const escapeControls = (json: string): string => json.replaceAll(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, escapeUnits);

const toJson = (value: unknown): string => escapeControls(JSON.stringify(value) ?? 'undefined');

const plain = (text: string): string =>
  toJson(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll('\\\\', '\\');

const shortValue = (value: unknown): string =>
  typeof value === 'string' && /^[\w./:@+-]+$/.test(value) ? value : toJson(value);

const jsonLine = ({ time, level, message, fields }: Entry): string => toJson({ time, level, message, ...fields });

const shortLine = ({ time, level, message, fields }: Entry): string => {
  const rest = Object.entries(fields).map(([name, value]) => ` ${plain(name)}=${shortValue(value)}`);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${plain(message)}${rest.join('')}`;
};

/** A logger that writes one line a message: JSON, or short text where a person looks on. */
export const createLogger = ({ verbosity, stream, now = () => new Date() }: LoggerOptions): Logger => {
  const toLine = stream.isTTY === true ? shortLine : jsonLine;
  const log = winston.createLogger({
    level: verbosity >= 2 ? 'debug' : 'info',
    format: winston.format.printf((entry) => toLine(entry as unknown as Entry)),
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  });
  const at =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void =>
      void log.log({ level, message, fields, time: now().toISOString() });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};
