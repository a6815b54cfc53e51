import { LONGEST_HASHED_NAME } from './header-room.ts';
import { fail, ok, type Result } from '../values/result.ts';
import type { Complex, VariableName } from './expression.ts';
import { isOfNginx } from './own-headers.ts';
import { readParts, variableIf } from './text-parts.ts';

/** A directive of the module headers-more, which stock NGINX lacks, as one header that it sets or removes. */
export interface HeaderEdit {
  readonly of: 'answer' | 'request';
  readonly name: string;
  /** Empty where the header is removed. */
  readonly value: Complex;
}

/** What a directive does to every header that it names. */
interface EditKind extends Pick<HeaderEdit, 'of'> {
  readonly removes: boolean;
}

const edits: Readonly<Record<string, EditKind>> = {
  more_clear_headers: { of: 'answer', removes: true },
  more_clear_input_headers: { of: 'request', removes: true },
  more_set_headers: { of: 'answer', removes: false },
  more_set_input_headers: { of: 'request', removes: false },
};

/** Whether `headerEdits` is the place for a directive. */
export const editsHeaders = (name: string): boolean => Object.hasOwn(edits, name);

const TOKEN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

const PLAIN: ReadonlySet<string> = new Set([
  'host',
  'realip_remote_addr',
  'remote_addr',
  'request_id',
  'request_method',
  'request_uri',
  'scheme',
  'server_port',
  'ssl_server_name',
  'upstream_addr',
] satisfies readonly VariableName[]);

const isVariable = (name: string): name is VariableName =>
  PLAIN.has(name) || /^(upstream_)?http_[a-z0-9_]{1,60}$/.test(name);

/** Text and variables of one line each; others may hold line breaks of the client, which would begin a second header. */
const parseValue = (text: string): Result<Complex> => {
  const parts = readParts(text, { variable: variableIf(isVariable) });
  if (!parts.ok) return fail('variables such as $host, $request_id, $remote_addr or $http_NAME');
  return /^[\x20-\x7e]*$/.test(text) ? ok({ parts: parts.value }) : fail('one line of printable text in a header');
};

const nameRefusal = (name: string, of: HeaderEdit['of']): string | undefined => {
  if (!TOKEN.test(name)) return '"NAME: VALUE" without options or wildcards';
  if (of === 'request' && name.length > LONGEST_HASHED_NAME)
    return `names of headers of at most ${LONGEST_HASHED_NAME} characters, not ${name}`;
  return of === 'answer' && isOfNginx(name) ? `headers that NGINX does not write itself, not ${name}` : undefined;
};

const parseEdit = (word: string, { of, removes }: EditKind): Result<HeaderEdit> => {
  const [name = '', ...rest] = word.split(':');
  const text = rest.join(':').trim();
  const refusal = nameRefusal(name, of);
  if (refusal !== undefined) return fail(refusal);
  if (removes && text !== '') return fail('"NAME" without a value');
  const value = parseValue(text);
  return value.ok ? ok({ of, name, value: text === '' ? '' : value.value }) : value;
};

/** What one of these directives does to headers; the error completes "expected …". */
export const headerEdits = (directive: {
  readonly name: string;
  readonly args: readonly string[];
}): Result<readonly HeaderEdit[]> => {
  const kind = edits[directive.name];
  if (kind === undefined || directive.args.length === 0) return fail('"NAME: VALUE"');
  const found = directive.args.map((word) => parseEdit(word, kind));
  const bad = found.find((one) => !one.ok);
  return bad === undefined ? ok(found.flatMap((one) => (one.ok ? [one.value] : []))) : bad;
};
