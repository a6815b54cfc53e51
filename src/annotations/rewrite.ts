import { captureText, groupCount, parseClusterRegex } from '../nginx/cluster-regex.ts';
import { expr, type Complex, type Expression } from '../nginx/expression.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, textMatching, type ValueType } from './value-types.ts';

/** A rewrite target: literals and numbers of capture groups; `text` is what was written. */
interface RewriteTarget {
  readonly text: string;
  readonly parts: readonly (string | { readonly group: number })[];
}

const rewriteTarget: ValueType<RewriteTarget> = {
  label: 'a path or URL of letters, digits and - . _ ~ / : + with captures $1 to $9',
  examples: ['/$2', '/api/$1', '/'],
  parse: (text) => {
    if (!/^[A-Za-z0-9+\-._~/:$]{1,1000}$/.test(text) || /\$(?![1-9])/.test(text)) return fail(rewriteTarget.label);
    if (/^https?:\/\/[^/]*\$/.test(text)) return fail('a URL whose host is fixed');
    if (!/^(\/|\$|https?:\/\/[A-Za-z0-9])/.test(text)) return fail('a target that begins with / or a capture');
    const parts = text.split(/(\$[1-9])/).filter((part) => part !== '');
    return ok({ text, parts: parts.map((part) => (part.startsWith('$') ? { group: Number(part[1]) } : part)) });
  },
};

const appRoot = textMatching(
  'a path of letters, digits and - . _ ~ / : +',
  /^\/(?!\/)[A-Za-z0-9+\-._~/:]{0,1000}$/,
  '/app',
);

const replacement = (target: RewriteTarget, groups: number): Complex => {
  const parts = target.parts.flatMap((part): Expression['parts'] => {
    if (typeof part === 'string') return [part];
    return part.group <= groups ? [{ variable: `pt_${part.group}` }] : [];
  });
  return { parts: parts.length === 0 ? ['/'] : parts };
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
    server.redirectIf({
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
    location.add('rewrite', `(?i)${captureText(regex.value)}`, replacement(target, groupCount(regex.value)), 'break');
  },
});
