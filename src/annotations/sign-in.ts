import type { LocationDraft } from '../nginx/draft.ts';
import { joined, expr, type VariableName } from '../nginx/expression.ts';
import { authExpression, needsEncoding, type AuthPart, type AuthText } from './auth-text.ts';
import type { RouteNames } from './define.ts';

const KIB = 1024;
/** An encoded path has up to three times the length of what NGINX takes from a client. */
const BUFFER = 32 * KIB;

/** The upstream of the templates that answers `/%TEXT` with a redirect to `http://pt/` and TEXT, percent-encoded. */
const ENCODER = 'http://pt_encoder';
const ENCODED: VariableName = 'pt_encoded_uri';

const hasParameter = ({ text }: AuthText, parameter: string): boolean =>
  (text.split('?')[1] ?? '').split('&').some((one) => one.split('=')[0] === parameter);

/** With the URL of the request in the parameter, unless the owner put one there. */
const withReturn = (signIn: AuthText, parameter: string): readonly AuthPart[] => {
  if (hasParameter(signIn, parameter)) return signIn.parts;
  return [
    ...signIn.parts,
    `${signIn.text.includes('?') ? '&' : '?'}${parameter}=`,
    { variable: 'pt_access_scheme' },
    '://',
    { variable: 'pt_requested_host' },
    { encodes: 'request_uri' },
  ];
};

/**
 * Leads whom the service refuses with 401 to where they sign in. Stock NGINX encodes nothing but groups of a rewrite that
 * become a query, and only in a request whose path was encoded: one hop over a socket makes the path of this request the
 * group of such a rewrite (24 µs).
 */
export const addSignIn = (
  signIn: AuthText,
  parameter: string,
  { location, owner, names }: { readonly location: LocationDraft; readonly owner: string; readonly names: RouteNames },
): void => {
  const parts = withReturn(signIn, parameter);
  // The hop would resolve the dots, also those of a query.
  const dots = [{ default: expr`${'request_uri'}` }, { matches: '/\\.\\.?(?:[/?#]|\\z)', value: '/' }] as const;
  const uri = location.mapped(expr`${'request_uri'}`, dots);
  const target = authExpression(parts, names, ENCODED);
  const name = location.innerLocation({ reachedBy: 'errors', role: 'sign_in', owner }, (leading) => {
    if (!needsEncoding(parts)) return leading.add('return', 302, target);
    leading.add('rewrite', '^', expr`/%${uri}?`, 'break');
    leading.add('proxy_method', 'GET');
    leading.add('proxy_pass_request_headers', false);
    leading.add('proxy_pass_request_body', false);
    leading.add('proxy_request_buffering', false);
    leading.add('proxy_set_header', 'Content-Length', '');
    leading.add('proxy_buffer_size', BUFFER);
    leading.add('proxy_buffers', 4, BUFFER);
    leading.add('proxy_busy_buffers_size', 2 * BUFFER);
    leading.add('proxy_redirect', `~^http://pt/(?<${ENCODED}>.*)`, joined(target));
    leading.add('proxy_pass', ENCODER);
  });
  location.add('error_page', 401, '=', name);
  location.repeatErrorAnswers();
};
