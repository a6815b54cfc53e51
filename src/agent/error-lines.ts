import type { Layout } from '../protocol/layout.ts';
import type { NginxError } from '../protocol/messages.ts';

/** One line that NGINX wrote to its error log or to stderr. */
export interface ErrorLine {
  readonly level: string;
  /** Absent on stderr before a log was opened. */
  readonly pid?: number;
  readonly text: string;
}

const LINE =
  /^(?:nginx:|\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(?<level>[a-z]+)\] (?:(?<pid>\d+)#\d+: (?:\*\d+ )?)?(?<text>.+)$/;
const PLACE = /^(?<text>.+) in (?<path>\/.+):(?<line>\d+)$/;

/**
 * Warnings that a good configuration may cause: they speak of this machine or of speed. Every other warning is a
 * refusal, because NGINX only warns where one server silently replaces another.
 */
const HARMLESS = [
  /^the "user" directive makes sense only if the master/,
  /worker_connections exceed open file resource limit/,
  /^could not build optimal [a-z_]+, you should increase/,
  /^"ssl_stapling" ignored/,
];

/** Reads a line; nothing where it is something else, such as the continuation of the line before. */
export const parseErrorLine = (line: string): ErrorLine | undefined => {
  const { level, pid, text } = LINE.exec(line)?.groups ?? {};
  if (level === undefined || text === undefined) return undefined;
  return { level, ...(pid === undefined ? {} : { pid: Number(pid) }), text };
};

/** Whether a line of `nginx -t` speaks against the configuration. */
export const isObjection = ({ level, text }: ErrorLine): boolean => {
  if (level === 'warn') return !HARMLESS.some((pattern) => pattern.test(text));
  return level === 'emerg' || level === 'alert' || level === 'crit';
};

/** Moves the place out of the text, where it lies in a generation. */
export const toNginxError = ({ text }: ErrorLine, run: Layout['run']): NginxError => {
  const place = PLACE.exec(text)?.groups;
  const file = place?.['path'] === undefined ? undefined : fileOfGeneration(place['path'], run);
  if (place === undefined || file === undefined) return { text };
  return { file, line: Number(place['line']), text: place['text'] ?? text };
};

/** NGINX names files as it was told to: by the link when it reloads, by the folder in a test. */
const fileOfGeneration = (path: string, run: Layout['run']): string | undefined => {
  const folder = [`${run.current}/`, `${run.generations}/`].find((one) => path.startsWith(one));
  if (folder === undefined) return undefined;
  const inside = path.slice(folder.length);
  return folder === `${run.current}/` ? inside : inside.split('/').slice(1).join('/');
};
