import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Echoed } from './echo-backend.ts';

/** A request over TLS on a connection of its own. */
export interface TlsRequest {
  readonly host: string;
  readonly path?: string;
  /** The name in the TLS handshake; the host when absent, none when empty. */
  readonly sni?: string;
  /** The certificate that the client shows, and its key. */
  readonly client?: { readonly cert: string; readonly key: string };
  /** A session to go on with, for `version`. */
  readonly session?: Buffer;
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface TlsAnswer {
  readonly status: number;
  readonly location: string | undefined;
  /** Request headers that the pod got, by lower-case name; absent where NGINX answered itself. */
  readonly seen?: Readonly<Record<string, string>>;
  /** The last session that NGINX gave; of TLS 1.3 it comes after the handshake. */
  readonly session: Buffer | undefined;
  readonly resumed: boolean;
}

const seenIn = (body: string): Pick<TlsAnswer, 'seen'> => {
  if (!body.startsWith('{')) return {};
  const { headers } = JSON.parse(body) as Echoed;
  return { seen: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])) };
};

/** Sends it to this machine; whoever answers is believed. */
export const askTls = (port: number, { host, path = '/', headers = {}, ...wish }: TlsRequest): Promise<TlsAnswer> =>
  new Promise((resolve, reject) => {
    const { version = 'TLSv1.3', client, session: known, sni = host } = wish;
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      headers: { host, ...headers },
      servername: sni,
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ...client,
      ...(known === undefined ? {} : { session: known }),
    });
    let session: Buffer | undefined;
    sent.once('socket', (socket) => socket.on('session', (given: Buffer) => (session = given)));
    sent.once('error', reject).once('response', (answer) => {
      const chunks: Buffer[] = [];
      const resumed = (answer.socket as TLSSocket).isSessionReused();
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', () => {
        const { statusCode: status = 0, headers: found } = answer;
        resolve({ status, location: found.location, ...seenIn(Buffer.concat(chunks).toString()), session, resumed });
      });
    });
    sent.end();
  });
