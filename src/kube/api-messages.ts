import type { Response } from 'undici';
import { isRecord } from '../values/record.ts';
import { ApiFault } from './api-fault.ts';

/** A page of a listing. */
export interface Page {
  readonly version: string;
  /** Where the next page starts; empty on the last one. */
  readonly token: string;
  readonly items: readonly Fields[];
}

/** What one line of a watch says. */
export type WatchEvent =
  | { readonly type: 'put' | 'removed'; readonly version: string; readonly object: Fields }
  | { readonly type: 'bookmark'; readonly version: string }
  | { readonly type: 'error'; readonly code: number; readonly message: string };

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const garbage = (what: string, cause?: unknown): ApiFault =>
  new ApiFault('garbled', `the API server sent ${what}`, { cause });

const parse = (text: string): Fields => {
  try {
    return fieldsOf(JSON.parse(text));
  } catch (error) {
    throw garbage('what is not JSON', error);
  }
};

/** Reads a page of a listing; a Fault where it is none. */
export const pageOf = (text: string): Page => {
  const { metadata, items } = parse(text);
  const { resourceVersion, continue: token } = fieldsOf(metadata);
  const isList = Array.isArray(items) || items === null;
  if (textOf(resourceVersion) === '' || !isList) throw garbage('a listing without items or version');
  return { version: textOf(resourceVersion), token: textOf(token), items: (items ?? []).map(fieldsOf) };
};

const changes = new Map<unknown, 'put' | 'removed'>([
  ['ADDED', 'put'],
  ['MODIFIED', 'put'],
  ['DELETED', 'removed'],
]);

/** Reads a line of a watch; a Fault where it is none. */
export const watchEventOf = (line: string): WatchEvent => {
  const { type, object } = parse(line);
  const fields = fieldsOf(object);
  if (type === 'ERROR') return { type: 'error', code: Number(fields['code']), message: textOf(fields['message']) };
  const version = textOf(fieldsOf(fields['metadata'])['resourceVersion']);
  if (version === '') throw garbage('an event without a version');
  if (type === 'BOOKMARK') return { type: 'bookmark', version };
  const change = changes.get(type);
  if (change === undefined) throw garbage(`an event of the unknown type ${String(type).slice(0, 40)}`);
  return { type: change, version, object: fields };
};

const MAX_REASON = 300;

const GONE = 410;
const TOO_MANY = 429;
const UNAVAILABLE = 503;
const LONGEST_RETRY_AFTER_MS = 120_000;

/** How long to leave the API server alone, as it says when it is busy; an HTTP date counts as nothing. */
const retryAfterOf = ({ status, headers }: Response): number => {
  const text = headers.get('retry-after') ?? '';
  const isBusy = status === TOO_MANY || status === UNAVAILABLE;
  return isBusy && /^\d{1,9}$/.test(text) ? Math.min(Number(text) * 1000, LONGEST_RETRY_AFTER_MS) : 0;
};

/** Why the API server refused, in its words. */
export const refusalOf = async (response: Response, path: string): Promise<ApiFault> => {
  const text = await response.text().catch(() => '');
  const message = text.startsWith('{') ? textOf(fieldsOf(safely(text))['message']) : text;
  return new ApiFault(
    response.status === GONE ? 'expired' : 'refused',
    `${path}: the API server answers ${response.status} ${message.slice(0, MAX_REASON)}`,
    { retryAfterMs: retryAfterOf(response) },
  );
};

const safely = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};
