import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What a backend must have received. */
export interface ExpectedSeen {
  readonly method?: string;
  readonly url?: string;
  readonly httpVersion?: string;
  readonly bodyLength?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Names of headers that it must not have received. */
  readonly absent?: readonly string[];
  /** The name in the TLS handshake; `(none)` where there was none. */
  readonly sni?: string;
  /** Common name of the certificate that NGINX showed; `(none)` where it showed none. */
  readonly certificate?: string;
}

/** What another backend must have received of the same request. */
export interface ExpectedCopy extends ExpectedSeen {
  readonly pod: string;
}

/** What an answer must be; what is not mentioned is not compared, except that no pod may answer where none is named. */
export interface ExpectedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Names of headers that the answer must not have. */
  readonly absent?: readonly string[];
  readonly trailers?: Readonly<Record<string, string>>;
  /** The endpoint that answered, `address:port` as `input.yaml` writes it; absent where NGINX itself answers. */
  readonly pod?: string;
  readonly seen?: ExpectedSeen;
  /** What backends received beside the one that answered, in the order of their names; not compared when absent. */
  readonly copies?: readonly ExpectedCopy[];
  /** Of a WebSocket: the message that comes back. */
  readonly body?: string;
  /** Common name of the certificate that the client was shown. */
  readonly certificate?: string;
  /** What was agreed on, by OpenSSL's name. */
  readonly cipher?: string;
  /** What a client that offers HTTP/2 got. */
  readonly protocol?: 'h2' | 'http/1.1';
}

/** One request of a golden case. */
export interface ReplayRequest {
  readonly name: string;
  /** `http` when absent. */
  readonly scheme?: 'http' | 'https';
  readonly method?: string;
  /** The Host header, as it is sent. */
  readonly host: string;
  /** As it is sent: nothing is normalised. */
  readonly path: string;
  /** The name in the TLS handshake; the host when absent, none when empty. */
  readonly sni?: string;
  /** The port that is asked; that of the scheme when absent. */
  readonly port?: 'http' | 'https';
  /** The client's address, out of 127.0.0.0/8. */
  readonly from?: string;
  /** What follows `PROXY` in the line of the PROXY protocol that the connection begins with; absent for no line. */
  readonly proxy?: string;
  /** Offers HTTP/2 in the TLS handshake. */
  readonly h2?: boolean;
  /** Offers these ciphers, the favourite first, and nothing newer than TLS 1.2. */
  readonly ciphers?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Of a WebSocket: the message that is sent. */
  readonly body?: string;
  /** A body of so many letters. */
  readonly bodySize?: number;
  readonly expect: ExpectedAnswer;
}

type Names<T> = Readonly<Record<keyof Required<T>, true>>;

const requestNames: Names<ReplayRequest> = {
  name: true,
  scheme: true,
  method: true,
  host: true,
  path: true,
  sni: true,
  port: true,
  from: true,
  proxy: true,
  h2: true,
  ciphers: true,
  headers: true,
  body: true,
  bodySize: true,
  expect: true,
};
const answerNames: Names<ExpectedAnswer> = {
  status: true,
  headers: true,
  absent: true,
  trailers: true,
  pod: true,
  seen: true,
  copies: true,
  body: true,
  certificate: true,
  cipher: true,
  protocol: true,
};
const seenNames: Names<ExpectedSeen> = {
  method: true,
  url: true,
  httpVersion: true,
  bodyLength: true,
  headers: true,
  absent: true,
  sni: true,
  certificate: true,
};
const copyNames: Names<ExpectedCopy> = { ...seenNames, pod: true };

/** A misspelt field would compare nothing and always pass. */
const checkNames = (where: string, found: object, known: Readonly<Record<string, true>>): void => {
  const odd = Object.keys(found).find((name) => !(name in known));
  if (odd !== undefined) throw new Error(`${where}: there is no field ${odd}`);
};

const checked = (file: string, request: ReplayRequest): ReplayRequest => {
  const where = `${file}: ${request.name}`;
  checkNames(where, request, requestNames);
  checkNames(where, request.expect, answerNames);
  checkNames(where, request.expect.seen ?? {}, seenNames);
  for (const copy of request.expect.copies ?? []) checkNames(where, copy, copyNames);
  return request;
};

/** The requests of a golden case; none where it has no `requests.yaml`. */
export const readRequests = (folder: string): readonly ReplayRequest[] => {
  const file = `${folder}/requests.yaml`;
  if (!existsSync(file)) return [];
  const requests: readonly ReplayRequest[] = parse(readFileSync(file, 'utf8'));
  return requests.map((request) => checked(file, request));
};
