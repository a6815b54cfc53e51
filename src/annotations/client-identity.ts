import { expr, type Complex } from '../nginx/expression.ts';

/** Request headers by name, as backends get them; an empty value removes what the client says. */
export type RequestHeaders = readonly (readonly [name: string, value: Complex])[];

/** How clients prove who they are. */
export interface Proof {
  /** Whether NGINX asks clients for certificates at all; `off` proves nothing. */
  readonly verify: 'on' | 'off' | 'optional' | 'optional_no_ca';
  /** Whether backends get the certificate itself. */
  readonly passesCertificate: boolean;
}

const NAMES = ['ssl-client-verify', 'ssl-client-subject-dn', 'ssl-client-issuer-dn', 'ssl-client-cert'] as const;

/** Only NGINX may say who a client proved to be: backends believe these headers. */
export const noIdentity: RequestHeaders = NAMES.map((name) => [name, '']);

const spellings = (words: readonly string[]): readonly string[] => {
  const [first = '', ...others] = words;
  return others.length === 0 ? [first] : spellings(others).flatMap((rest) => [`${first}-${rest}`, `${first}_${rest}`]);
};

/** The same headers with underscores: many backends (CGI, WSGI, PHP) cannot tell them from those above. */
export const misspeltIdentity: RequestHeaders = NAMES.flatMap((name) =>
  spellings(name.split('-'))
    .filter((spelling) => spelling !== name)
    .map((spelling) => [spelling, ''] as const),
);

/** Whether a header says who a client is. */
export const isIdentity = (name: string): boolean =>
  NAMES.some((known) => known === name.toLowerCase().replaceAll('_', '-'));

/**
 * What backends are told of a client. Where nothing is verified, the connection may be that of another host with other
 * authorities, whose word does not count here.
 */
export const identityOf = ({ verify, passesCertificate }: Proof): RequestHeaders =>
  verify === 'off'
    ? [['ssl-client-verify', 'NONE']]
    : [
        ['ssl-client-verify', expr`${'ssl_client_verify'}`],
        ['ssl-client-subject-dn', expr`${'ssl_client_s_dn'}`],
        ['ssl-client-issuer-dn', expr`${'ssl_client_i_dn'}`],
        ...(passesCertificate ? [['ssl-client-cert', expr`${'ssl_client_escaped_cert'}`] as const] : []),
      ];
