import type { Difference } from './compare.ts';

/** A difference that we chose, and why. */
export interface Reviewed {
  /** The request, as the report names it. */
  readonly where: string;
  /** What ingress-nginx answered, and what we answer instead; a pattern where that is not always the same. */
  readonly expected: readonly string[];
  readonly came: readonly (string | RegExp)[];
  /** The record that says what ingress-nginx lets through, and why we refuse it. */
  readonly record: string;
  readonly why: string;
}

const RECORD = 'docs/adr/0013-stricter-on-purpose.md';

const staysClosed = {
  expected: ['status 404', 'page 404 Not Found'],
  came: ['status 503', 'page 503 Service Temporarily Unavailable'],
  record: RECORD,
} as const;

const HSTS = 'strict-transport-security: max-age=31536000; includeSubDomains';

const toFailedClients = ['no cert', 'foreign cert'].map((where) => ({
  where,
  expected: [],
  came: [HSTS],
  record: RECORD,
  why: 'A browser that is refused over HTTPS may come back without it.',
}));

/**
 * Every difference on purpose, by case. Only what a row of the record decides may stand here; everything else is a
 * difference to remove.
 */
export const onPurpose: Readonly<Record<string, readonly Reviewed[]>> = {
  'app-root': [
    {
      where: 'GET https://ar.test/',
      expected: [],
      came: [HSTS],
      record: RECORD,
      why: 'A browser that was sent elsewhere over HTTPS may come back without it.',
    },
  ],
  'auth-basic-broken': [
    {
      ...staysClosed,
      where: 'step 1, GET http://bb4.test/',
      why: 'A route whose auth-type nobody knows is not left to another route, which may ask for no password.',
    },
  ],
  'auth-basic-file': [
    {
      ...staysClosed,
      where: 'GET http://ba.test/',
      why: 'A route whose realm is refused is not left to another route, which may ask for no password.',
    },
  ],
  'backend-https': [
    {
      where: 'GET http://bh4.test/p',
      expected: [
        'status 200',
        'content-length: of the echo',
        'content-type: application/json',
        'x-echo-pod: tls1',
        'pod tls1 got GET /p HTTP/1.1, 0 bytes',
        'pod tls1 got SNI none',
        'pod tls1 got accept: */*',
        'pod tls1 got host: bh4.test',
        'pod tls1 got user-agent: probe',
        'pod tls1 got x-forwarded-for: 10.244.200.1',
        'pod tls1 got x-forwarded-host: bh4.test',
        'pod tls1 got x-forwarded-port: 80',
        'pod tls1 got x-forwarded-proto: http',
        'pod tls1 got x-forwarded-scheme: http',
        'pod tls1 got x-real-ip: 10.244.200.1',
        'pod tls1 got x-scheme: http',
        'it came once',
      ],
      came: ['status 502', 'content-type: text/html', 'page 502 Bad Gateway'],
      record: RECORD,
      why: 'A request without TLS got through on a connection that another Ingress had opened with TLS.',
    },
  ],
  'auth-digest': [
    {
      ...staysClosed,
      where: 'GET http://dg.test/',
      expected: [
        'status 401',
        'www-authenticate: Digest algorithm="MD5", qop="auth", realm="digest realm", nonce="<nonce>"',
        'page 401 Authorization Required',
      ],
      why: 'Nobody is let in, because stock NGINX cannot check a digest.',
    },
  ],
  'auth-tls-errpage': toFailedClients,
  'auth-tls-nosecret': ['no cert', 'good cert', 'foreign cert', 'forged headers', 'plain http'].map((where) => ({
    ...staysClosed,
    where,
    expected: ['status 403', 'page 403 Forbidden'],
    came: where === 'plain http' ? staysClosed.came : [staysClosed.came[0], HSTS, staysClosed.came[1]],
    why: 'A Secret that is missing closes the routes that rely on it, not those of other tenants of the host.',
  })),
  'auth-tls-on': toFailedClients,
  'auth-tls-pass': toFailedClients,
  'bad-annotation-blocklist': [
    {
      ...staysClosed,
      where: 'GET http://bl.test/abc',
      why: 'A route with a word that the operator forbids is not left to another route.',
    },
  ],
  'auth-external': [
    {
      ...staysClosed,
      where: 'GET http://axpercent.test/page?x=1',
      why: 'A route whose auth-url is refused is not left to another route, which may ask nobody.',
    },
  ],
  'host-form': [
    {
      where: 'absolute-uri',
      expected: ['pod b1 got host: other.test', 'pod b1 got x-forwarded-host: other.test'],
      came: ['pod b1 got host: hf.test', 'pod b1 got x-forwarded-host: hf.test'],
      record: RECORD,
      why: 'The host of the request line chose the route, so a client may not tell the pod of another.',
    },
  ],
  'methods-and-bodies': [
    {
      where: 'connect',
      expected: ['status 400', 'page 400 Bad Request'],
      came: ['status 405', 'page 405 Not Allowed'],
      record: RECORD,
      why: 'NGINX 1.30 understands CONNECT, and refuses it before it looks at its configuration.',
    },
  ],
  mirror: [
    {
      where: 'POST http://mi2.test/post',
      expected: ['pod b1 got POST /post HTTP/1.1, 12 bytes'],
      came: [
        'pod b1 got POST /post, 12 bytes',
        'pod mirror1 got POST /fixed, 0 bytes',
        'pod mirror1 got accept: */*',
        'pod mirror1 got host: mirror.example.test',
        'pod mirror1 got user-agent: probe',
      ],
      record: RECORD,
      why: 'The copy that was recorded announces 12 bytes and sends none, so the mirror never had a whole request.',
    },
  ],
  'permanent-redirect': [
    {
      ...staysClosed,
      where: 'GET http://prv.test/a?b=1',
      why: 'Where every request was to leave, none is left to another route.',
    },
  ],
  'proxy-timeouts': [
    {
      where: 'GET http://pt.test/?delay=3000',
      expected: ['it came 3 times'],
      came: ['it came once'],
      record: RECORD,
      why: 'A pod that is too slow does not get the same request three times.',
    },
    {
      where: 'GET http://pt2.test/?close=1',
      expected: ['it came 3 times'],
      came: [/^it came (once|2 times)$/],
      record: RECORD,
      why: 'A pod that breaks off gets the request again only where the connection was an old one.',
    },
  ],
  'snippet-forbidden': ['http://sn.test/', 'http://sn2.test/', 'http://sn2.test/extra'].map((url) => ({
    ...staysClosed,
    where: `GET ${url}`,
    why: 'A snippet may hold what protects the route; without it the route is not left to another one.',
  })),
  'snippet-risk-level': [
    {
      ...staysClosed,
      where: 'GET http://sk.test/',
      why: 'A snippet may hold what protects the route; without it the route is not left to another one.',
    },
  ],
  'temporal-redirect': [
    {
      ...staysClosed,
      where: 'GET http://tri.test/a',
      why: 'Where every request was to leave, none is left to another route.',
    },
  ],
};

const fits = (pattern: string | RegExp, line: string | undefined): boolean =>
  line !== undefined && (typeof pattern === 'string' ? pattern === line : pattern.test(line));

/** Whether somebody reviewed exactly this difference. */
export const isReviewed = (reviewed: Reviewed, { where, expected, came }: Difference): boolean =>
  reviewed.where === where &&
  reviewed.expected.join('\n') === expected.join('\n') &&
  reviewed.came.length === came.length &&
  reviewed.came.every((pattern, index) => fits(pattern, came[index]));
