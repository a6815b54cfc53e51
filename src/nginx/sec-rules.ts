import { fail, ok, type Result } from '../values/result.ts';

/** Rules of ModSecurity that belong together, as lines, or a set of rules that NGINX has as files. */
export type SecRules = readonly string[] | 'recommended' | 'crs';

/** Names under which snippets of ingress-nginx include its own files. */
const INCLUDES: Readonly<Record<string, Extract<SecRules, string>>> = {
  '/etc/nginx/modsecurity/modsecurity.conf': 'recommended',
  '/etc/nginx/owasp-modsecurity-crs/nginx-modsecurity.conf': 'crs',
};

type Count = readonly [min: number, max: number];

const counted = (count: Count, names: string): readonly (readonly [string, Count])[] =>
  names.split(/\s+/).map((name) => [name.toLowerCase(), count]);

/** How many arguments each directive takes: behind the last one libmodsecurity reads another directive on the same line. */
const directives: ReadonlyMap<string, Count> = new Map([
  ...counted([2, 3], 'SecRule'),
  ...counted(
    [2, 2],
    'SecRuleUpdateActionById SecRuleUpdateTargetById SecRuleUpdateTargetByMsg SecRuleUpdateTargetByTag',
  ),
  ...counted([1, 30], 'SecResponseBodyMimeType SecRuleRemoveById'),
  ...counted(
    [1, 1],
    `Include SecAction SecArgumentSeparator SecArgumentsLimit SecAuditEngine SecAuditLog SecAuditLogFormat
    SecAuditLogParts SecAuditLogRelevantStatus SecAuditLogType SecCollectionTimeout SecComponentSignature SecCookieFormat
    SecDefaultAction SecMarker SecPcreMatchLimit SecPcreMatchLimitRecursion SecRequestBodyAccess
    SecRequestBodyJsonDepthLimit SecRequestBodyLimit SecRequestBodyLimitAction SecRequestBodyNoFilesLimit
    SecResponseBodyAccess SecResponseBodyLimit SecResponseBodyLimitAction SecRuleEngine SecRuleRemoveByMsg
    SecRuleRemoveByTag SecUploadFileLimit SecWebAppId`,
  ),
]);

/** What no rule may do, wherever it stands: the grammar of libmodsecurity is looser than any description of it. */
const forbidden: readonly (readonly [text: RegExp, expected: string])[] = [
  [
    /@(fuzzyHash|inspectFile|ipMatchF|ipMatchFromFile|pmf|pmFromFile|validateDTD|validateSchema)\b/i,
    'no operator that reads files',
  ],
  [/@(geoLookup|gsbLookup|rbl)\b/i, 'no operator that asks others'],
  [/\bexec\s*:/i, 'no action that runs programs'],
  [/\bsetenv\s*:/i, 'no action that changes the NGINX process'],
];

/** What NGINX takes as one word, with room for escapes. */
const MAX_BYTES = 3_500;

const BLANK = /(?:[ \t]|\\\n)*/y;
const WORD = /"(?:[^"\\]|\\[^])*"|(?:[^\s"'\\]|\\[^\n])+/y;

const matchAt = (pattern: RegExp, text: string, offset: number): string => {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
};

/** Where a quoted word ends has to be beyond doubt. */
const isDoubtful = (word: string): boolean => /\\\\"/.test(word) || /[^\S \t]/.test(word.replaceAll('\\\n', ''));

const readWords = (line: string): Result<readonly string[]> => {
  const words: string[] = [];
  let offset = matchAt(BLANK, line, 0).length;
  while (offset < line.length) {
    const word = matchAt(WORD, line, offset);
    const blank = matchAt(BLANK, line, offset + word.length);
    offset += word.length + blank.length;
    if (word === '' || isDoubtful(word) || (blank === '' && offset < line.length))
      return fail('words separated by spaces, or in double quotes, with \\" inside and no \\ at the end');
    words.push(word.replaceAll('\\\n', ''));
  }
  return ok(words);
};

/** What the arguments of a few directives may be. */
const restricted: readonly (readonly [name: RegExp, argument: RegExp, expected: string])[] = [
  [/^SecAuditLog$/i, /^"?\/dev\/(stdout|stderr|null)"?$/, 'no log except /dev/stdout and /dev/stderr'],
  [
    /^Include$/i,
    new RegExp(`^(${Object.keys(INCLUDES).join('|')})$`),
    `no file except ${Object.keys(INCLUDES).join(' and ')}`,
  ],
];

const refusalOf = (name: string, args: readonly string[]): string | undefined => {
  const [min, max] = directives.get(name.toLowerCase()) ?? [0, -1];
  if (max === -1) return `a directive of ModSecurity that snippets may have, not ${name}`;
  if (args.length < min || args.length > max) return `${min === max ? min : `${min} to ${max}`} arguments of ${name}`;
  const rule = restricted.find(([names, argument]) => names.test(name) && !args.every((arg) => argument.test(arg)));
  return rule?.[2] ?? forbidden.find(([text]) => args.some((arg) => text.test(arg)))?.[1];
};

const CHAINS = /["',\s]chain["',\s]/i;

/** One directive. */
interface Line {
  readonly text: string;
  /** The next rule belongs to this one. */
  readonly chains: boolean;
  readonly included?: Extract<SecRules, string>;
}

const readLine = (line: string): Result<Line> => {
  const words = readWords(line);
  if (!words.ok) return words;
  const [name = '', ...args] = words.value;
  const expected = refusalOf(name, args);
  if (expected !== undefined) return fail(expected);
  const included = INCLUDES[args[0] ?? ''];
  const text = words.value.join(' ');
  const chains = args.some((arg) => CHAINS.test(arg));
  return ok(/^Include$/i.test(name) && included !== undefined ? { text, chains, included } : { text, chains });
};

const STRANGE = /[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/u;

/** Reads rules of ModSecurity; what it accepts reads no files, runs nothing and writes no logs but those of the container. */
export const parseSecRules = (given: string): Result<readonly SecRules[]> => {
  const text = given.replaceAll('\r\n', '\n');
  if (STRANGE.test(text)) return fail('text without control characters and lone surrogates');
  const rules: SecRules[] = [];
  let chain: readonly string[] = [];
  for (const source of text.split(/(?<!\\)\n/).filter((one) => !/^\s*(#|$)/.test(one))) {
    const line = readLine(source);
    if (!line.ok) return line;
    chain = [...chain, line.value.text];
    if (Buffer.byteLength(printSecRules(chain)) > MAX_BYTES) return fail(`rules of at most ${MAX_BYTES} bytes each`);
    if (line.value.chains) continue;
    rules.push(line.value.included ?? chain);
    chain = [];
  }
  return chain.length === 0 ? ok(rules) : fail('another rule behind one with the action chain');
};

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\t': '\\t' };

/** Rules as one quoted word, in which NGINX turns \n into line breaks. */
export const printSecRules = (lines: readonly string[]): string =>
  `"${lines.map((line) => line.replaceAll(/[\\"\t]/g, (char) => ESCAPES[char] ?? '')).join('\\n')}"`;

/** Rules in as few words as NGINX takes; sets of rules stay by themselves. */
export const inWords = (rules: readonly SecRules[]): readonly SecRules[] => {
  const words: SecRules[] = [];
  for (const rule of rules) {
    const last = words.at(-1);
    const joined = typeof rule === 'string' || typeof last === 'string' ? undefined : [...(last ?? []), ...rule];
    if (joined === undefined || last === undefined || Buffer.byteLength(printSecRules(joined)) > MAX_BYTES)
      words.push(rule);
    else words[words.length - 1] = joined;
  }
  return words;
};
