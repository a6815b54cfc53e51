/**
 * The only file that turns values into NGINX text (encoding.md). A directive's arguments have declared kinds; each kind
 * has one printer here, and nothing else in the program can make an `NginxArg`.
 */
import { EncodingRefusal } from './encoding-refusal.ts';
import type { Complex, Expression, KeyExpression, LogExpression, ParamExpression } from './expression.ts';
import { printSecRules } from './sec-rules.ts';
import type { SnippetLine } from './snippet.ts';

/** A class for its private field: nobody else can make one, and asking whether something is one is cheap. */
class EncodedArg {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  static is(value: unknown): value is EncodedArg {
    return typeof value === 'object' && value !== null && #text in value;
  }
}

/** Encoded text of one argument; only `encode` makes them. */
export type NginxArg = EncodedArg;

/** Whether a value came out of this file; the templates' gate asks it. */
export const isNginxArg = (value: unknown): value is NginxArg => EncodedArg.is(value);

/** NGINX refuses a printed word above 4,093 bytes, for everybody. */
const MAX_BYTES = 4_000;

const fitting = (printed: string): string => {
  if (Buffer.byteLength(printed) > MAX_BYTES) throw new EncodingRefusal(`at most ${MAX_BYTES} bytes`);
  return printed;
};
const CONTROL = /[\u0000-\u001f\u007f]/;

const checked = (text: string): string => {
  if (CONTROL.test(text)) throw new EncodingRefusal('text without control characters');
  if (!text.isWellFormed()) throw new EncodingRefusal('well-formed Unicode text');
  return text;
};

const quote = (text: string): string => `"${checked(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** A lone dollar is not expressible in NGINX; a geo variable without addresses holds it (encoding.md, rule 4). */
const literal = (text: string): string => text.replaceAll('$', '${pt_dollar}');

const expressionText = (value: ParamExpression | LogExpression): string => {
  if (typeof value === 'string') return literal(value);
  return value.parts
    .map((part) =>
      typeof part === 'string' ? literal(part) : `\${${matching(part.variable, IDENTIFIER, 'a variable name')}}`,
    )
    .join('');
};

const matching = (text: string, pattern: RegExp, expected: string): string => {
  if (!pattern.test(checked(text))) throw new EncodingRefusal(expected);
  return text;
};

const KEYWORD = /^(~?\*|[@=a-z0-9_.:/-]+)$/i;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const IDENTIFIER = /^[a-z][a-z0-9_]{0,79}$/;
const FILE_PATH = /^\/[A-Za-z0-9._/-]+$/;

const seconds = (value: number): string => `${natural(value)}s`;

const natural = (value: number): number => {
  if (!Number.isSafeInteger(value) || value < 0) throw new EncodingRefusal('a whole number');
  return value;
};

/** Bytes in the largest unit that keeps them whole. */
const byteSize = (value: number): string => {
  natural(value);
  if (value > 0 && value % 1_048_576 === 0) return `${value / 1_048_576}m`;
  if (value > 0 && value % 1_024 === 0) return `${value / 1_024}k`;
  return String(value);
};

/** Each regular expression may backtrack this often and no more (encoding.md: 8 ms once, then 0.7 ms). */
export const LIMIT_MATCH = '(*LIMIT_MATCH=50000)';

const mapKey = (text: string): string => quote(text === '' ? '' : `\\${text}`);

/** A host name whose first label is a wildcard matches exactly one label, as in ingress-nginx. */
const serverName = (host: string): string => {
  if (!host.startsWith('*.')) return quote(matching(host, DNS_NAME, 'a lower-case DNS name'));
  const parent = matching(host.slice(2), DNS_NAME, 'a lower-case DNS name after "*."');
  return quote(`~^[\\w-]+\\.${parent.replaceAll('.', '\\.')}\\z`);
};

/** A token may begin with a quote or `#`, which NGINX would take for a string or a comment. */
const headerName = (name: string): string => {
  const token = matching(name, TOKEN, 'an HTTP header name');
  return /^[A-Za-z0-9_-]+$/.test(token) ? token : quote(token);
};

/** `off` is the word that switches authentication off, also where a variable holds it: so this is text. */
const realm = (text: string): string => {
  if (text === 'off') throw new EncodingRefusal('a realm that is not called off');
  return quote(literal(text));
};

/** `1250` → `12.5%`; NGINX divides requests in hundredths of a percent. */
const share = (hundredths: number): string => {
  if (natural(hundredths) === 0 || hundredths > 9_999)
    throw new EncodingRefusal('more than 0 and less than 100 percent');
  return `${hundredths / 100}%`;
};

type LogTarget = 'off' | 'stderr' | { readonly file: string } | { readonly host: string; readonly port: number };

/** A tab may stand in a rule; NGINX gets it as an escape. */
const checkedRule = (line: string): string => {
  checked(line.replaceAll('\t', ' '));
  return line;
};

/** How each kind of argument is printed. */
const printers = {
  /** A word of our own source code. */
  keyword: (value: string) => matching(value, KEYWORD, 'a keyword'),
  number: (value: number) => String(natural(value)),
  flag: (value: boolean) => (value ? 'on' : 'off'),
  /** Whole seconds. */
  time: seconds,
  /** Bytes. */
  size: byteSize,
  /** Where an error leads: `=`, the name of a location, a path or a URL, without variables. */
  errorTarget: (value: string) =>
    matching(value, /^(?=.)(=|@[\w-]+|(https?:\/\/[\w.-]+(:\d+)?)?(\/[\w.-]*)*)$/, 'a path, URL or @name'),
  /** Text that NGINX takes as it is; a dollar stays a dollar. */
  plain: (value: string) => quote(value),
  /** Text in which NGINX expands variables: a literal string, or an expression of literals and known variables. */
  complex: (value: Complex) => quote(expressionText(value)),
  realm,
  /** Where requests go: an upstream, or an expression that names one. */
  pass: (value: string | Expression) =>
    typeof value === 'string' ? matching(value, KEYWORD, 'a keyword') : quote(expressionText(value)),
  /** The same where NGINX only compares or counts the result. */
  key: (value: KeyExpression) => quote(expressionText(value)),
  /** The same where every value has a length. */
  param: (value: ParamExpression) => quote(expressionText(value)),
  /** A zone of shared memory, with its size where it is declared. */
  zone: ({ name, size }: { readonly name: string; readonly size?: number }) =>
    `zone=${matching(name, IDENTIFIER, 'a generated identifier')}${size === undefined ? '' : `:${byteSize(size)}`}`,
  /** Shared memory for TLS sessions. */
  sessionCache: (value: 'none' | { readonly name: string; readonly size: number }) =>
    value === 'none'
      ? value
      : `shared:${matching(value.name, IDENTIFIER, 'a generated identifier')}:${byteSize(value.size)}`,
  rate: ({ requests, per }: { readonly requests: number; readonly per: 's' | 'm' }) =>
    `rate=${natural(requests)}r/${per}`,
  burst: (value: number) => `burst=${natural(value)}`,
  /** A regular expression that `cluster-regex.ts` accepted, or one of our own. */
  regex: (value: string) => quote(`${LIMIT_MATCH}${value}`),
  mapKey,
  /** A case-sensitive regular expression of our own as a map key. */
  mapRegex: (value: string) => quote(`~${value}`),
  /** One that `cluster-regex.ts` accepted, as a map key. */
  mapClusterRegex: (value: string) => quote(`~${LIMIT_MATCH}${value}`),
  /** A part of all requests, in hundredths of a percent. */
  share,
  serverName,
  headerName,
  /** A name that we generated: upstream, zone, variable. */
  id: (value: string) => matching(value, IDENTIFIER, 'a generated identifier'),
  variable: (value: string) => `$${matching(value, IDENTIFIER, 'a variable name')}`,
  /** An absolute path of ours. */
  file: (value: string) => matching(value, FILE_PATH, 'an absolute path of ours'),
  /** `127.0.0.1:80`, `[::1]:80`, `name.internal:80`. */
  address: (value: string) => matching(value, /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/, 'an address'),
  /** `80`, `[::]:80`, `10.0.0.9:80`. */
  listenAddress: (value: string) =>
    matching(value, /^((\[[0-9a-f:]+\]|\d{1,3}(\.\d{1,3}){3}):)?\d{1,5}$/, 'a port, or an address with one'),
  /** `unix:/path` of ours. */
  socket: (value: string) => `unix:${matching(value, FILE_PATH, 'an absolute path of ours')}`,
  cidr: (value: string) => matching(value, /^(all|[0-9a-f.:]+(\/\d{1,3})?)$/, 'an address, a network or all'),
  /** Path of a location: it begins with a slash, so that NGINX cannot read it as a modifier. */
  locationPath: (value: string) => quote(matching(value, /^\//, 'a path that begins with "/"')),
  /** A line of the access log. */
  log: (value: LogExpression) => quote(expressionText(value)),
  /** Where a log goes. */
  logTarget: (value: LogTarget) => {
    if (typeof value === 'string') return value;
    if ('file' in value) return matching(value.file, FILE_PATH, 'an absolute path of ours');
    const host = matching(value.host, /^[0-9a-f.:]+$/, 'an IP address');
    return `syslog:server=${host.includes(':') ? `[${host}]` : host}:${natural(value.port)}`;
  },
  /** A word, or the variable that decides whether a request is logged. */
  logOption: (value: string | { readonly when: string }) =>
    typeof value === 'string'
      ? matching(value, KEYWORD, 'a keyword')
      : `if=$${matching(value.when, IDENTIFIER, 'a variable name')}`,
  /** A content type, or `*` for all. */
  mimeType: (value: string) => matching(value, /^(\*|[a-z0-9.+-]+\/[a-z0-9.+-]+)$/, 'a MIME type'),
  /** A path that a flag names, of letters that mean nothing to NGINX. */
  ownPath: (value: string) => matching(value, /^(\/[A-Za-z0-9._~-]+)+$/, 'a path'),
  /** A line of a snippet that `snippet.ts` accepted and printed; the type checker lets nobody else make one. */
  snippetLine: (value: SnippetLine) => value,
  /** Rules that `sec-rules.ts` accepted, or our own. */
  secRules: (value: readonly string[]) => printSecRules(value.map((line) => checkedRule(line))),
  /** Text of a comment, reduced to harmless characters. */
  comment: (value: string) => encodeComment(value),
} as const;

/** Everything but `[A-Za-z0-9._/-]` and spaces of our own is percent-encoded, so that nothing ends the comment. */
const encodeComment = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[^A-Za-z0-9._/ -]+/g, (others) =>
      [...new TextEncoder().encode(others)]
        .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join(''),
    );

/** Kind of an argument, as the directive catalogue declares it. */
export type Kind = keyof typeof printers;

/** What a caller passes for an argument of each kind. */
export type KindInput = { readonly [K in Kind]: Parameters<(typeof printers)[K]>[0] };

/** Encodes one value; throws `EncodingRefusal` where the law forbids it. */
export const encode = <K extends Kind>(kind: K, value: KindInput[K]): NginxArg =>
  new EncodedArg(fitting((printers[kind] as (value: KindInput[K]) => string)(value)));

/** A keyword of our own source code. */
export const keyword = (word: string): NginxArg => encode('keyword', word);
