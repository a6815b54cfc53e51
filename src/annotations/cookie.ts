import type { DraftLine, SplitDraft } from '../nginx/draft.ts';
import { expr, type VariableName } from '../nginx/expression.ts';
import { textMatching } from './value-types.ts';

/** Text as a regular expression that matches nothing else. */
export const escapeRegex = (text: string): string => text.replaceAll(/[^A-Za-z0-9_-]/g, String.raw`\$&`);

/** The name of a cookie. */
export const cookieName = textMatching(
  'a cookie name of letters, digits and - . _ ~ / :',
  /^[A-Za-z0-9\-._~/:]{1,100}$/,
  'SESSION',
);

/** As NGINX finds `$cookie_NAME`, for names that a variable cannot have: the first of that name, in any case. */
const cookieLines = (name: string): readonly DraftLine[] => [
  { default: '' },
  { matches: `(?:^|[;,]) *(?i:${escapeRegex(name)}) *= *(?<pt_cookie>[^;]*)`, value: expr`${'pt_cookie'}` },
];

/** A variable with the value of a cookie, empty where the client sends none. */
export const cookieValue = (name: string, block: Pick<SplitDraft, 'mapped'>): VariableName =>
  block.mapped(expr`${'http_cookie'}`, cookieLines(name));
