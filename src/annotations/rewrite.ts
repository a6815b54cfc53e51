import { captureText, groupCount, parseClusterRegex } from '../nginx/cluster-regex.ts';
import { expr, type Complex, type Expression, type VariableName } from '../nginx/expression.ts';
import type { DraftLine } from '../nginx/draft.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, textMatching, type ValueType } from './value-types.ts';

/** Literals and numbers of capture groups; `text` is what was written. */
interface CapturePattern {
  readonly text: string;
  readonly parts: readonly (string | { readonly group: number })[];
}

const capturePattern = (text: string): CapturePattern => {
  const parts = text.split(/(\$[1-9])/).filter((part) => part !== '');
  return { text, parts: parts.map((part) => (part.startsWith('$') ? { group: Number(part[1]) } : part)) };
};

const rewriteTarget: ValueType<CapturePattern> = {
  label: 'a path or URL of letters, digits and - . _ ~ / : + with captures $1 to $9',
  examples: ['/$2', '/api/$1', '/'],
  parse: (text) => {
    if (!/^[A-Za-z0-9+\-._~/:$]{1,1000}$/.test(text) || /\$(?![1-9])/.test(text)) return fail(rewriteTarget.label);
    if (/^https?:\/\/[^/]*\$/.test(text)) return fail('a URL whose host is fixed');
    if (!/^(\/|\$|https?:\/\/[A-Za-z0-9])/.test(text)) return fail('a target that begins with / or a capture');
    return ok(capturePattern(text));
  },
};

const forwardedPrefix: ValueType<CapturePattern> = {
  label: 'a path of letters, digits and - . _ ~ / : with captures $1 to $9',
  examples: ['/shop', '/$1'],
  format: (value) => value.text,
  parse: (text) => {
    const isPath = /^[A-Za-z0-9\-._~/:$]{1,1000}$/.test(text) && !/\$(?![1-9])/.test(text);
    return isPath ? ok(capturePattern(text)) : fail(forwardedPrefix.label);
  },
};

const appRoot = textMatching(
  'a path of letters, digits and - . _ ~ / : +',
  /^\/(?!\/)[A-Za-z0-9+\-._~/:]{0,1000}$/,
  '/app',
);

const expressionOf = (pattern: CapturePattern, variables: readonly VariableName[]): Expression => ({
  parts: pattern.parts.flatMap((part): Expression['parts'] => {
    if (typeof part === 'string') return [part];
    const variable = variables[part.group - 1];
    return variable === undefined ? [] : [{ variable }];
  }),
});

/** A group holds decoded bytes of the client: a line break in it would begin another header. */
const printableLines = (group: VariableName): readonly DraftLine[] => [
  { default: '' },
  { matches: '^[^\\x00-\\x1f\\x7f]+\\z', value: expr`${group}` },
];

const replacement = (target: CapturePattern, groups: readonly VariableName[]): Complex => {
  const expression = expressionOf(target, groups);
  return expression.parts.length === 0 ? '/' : expression;
};

/** Rewrites of the path before the backend sees it. */
export const rewrite = defineFamily({
  name: 'rewrite',
  summary: 'Rewrites the path before the backend sees it, and matches paths as regular expressions.',
  keys: {
    'rewrite-target': {
      type: rewriteTarget,
      source: 'annotation',
      scope: 'location',
      risk: 'Medium',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Path that the backend sees; $1 to $9 are the groups of the path. All paths of the host become regular expressions. A URL redirects with 302.',
    },
    'x-forwarded-prefix': {
      type: forwardedPrefix,
      source: 'annotation',
      scope: 'location',
      risk: 'Medium',
      onInvalid: 'default',
      compat: 'same',
      doc: 'X-Forwarded-Prefix toward the backend, where rewrite-target changes the path; $1 to $9 are the groups of the path. A group with control characters counts as empty.',
    },
    'use-regex': {
      type: bool,
      default: false,
      source: 'annotation',
      scope: 'server',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Reads all paths of the host as regular expressions, longest first, without regard to case.',
    },
    'app-root': {
      type: appRoot,
      source: 'annotation',
      scope: 'server',
      risk: 'Medium',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Redirects / of the host to this path with 302.',
    },
  },
  shape(settings, route) {
    const target = settings['rewrite-target'];
    route.wantsRegex = settings['use-regex'] || (target !== undefined && target.text !== route.path);
  },
  emitServer(settings, server) {
    const root = settings['app-root'];
    if (root === undefined) return;
    server.answerIf({
      phase: 'redirect',
      variable: 'uri',
      equals: '/',
      code: 302,
      target: expr`${'scheme'}://${'http_host'}${{ text: root }}`,
    });
  },
  emitLocation(settings, location, route) {
    const target = settings['rewrite-target'];
    if (target === undefined || target.text === route.path) return;
    const regex = parseClusterRegex(route.path);
    if (!regex.ok) return location.close();
    const groups = Array.from({ length: groupCount(regex.value) }, (_, index): VariableName => `pt_${index + 1}`);
    location.add('rewrite', `(?i)${captureText(regex.value)}`, replacement(target, groups), 'break');
    const prefix = settings['x-forwarded-prefix'];
    if (prefix === undefined) return;
    const printable = (group: VariableName): VariableName => location.mapped(expr`${group}`, printableLines(group));
    location.setBackendHeader('X-Forwarded-Prefix', expressionOf(prefix, groups.map(printable)));
  },
});
