import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { exchangeMessage } from '../support/replay-websocket.ts';
import { PROBE_ID } from './pods.ts';
import type { CaseRequest } from './recording.ts';
import { CLIENT, SERVED_AT } from './world.ts';

const PATIENCE_MS = 20_000;

type Pair = readonly [name: string, value: string];

/** What came back, or what kept it from coming. */
export interface Answer {
  readonly status?: number;
  readonly error?: string;
  readonly headers: readonly Pair[];
  readonly body: Buffer;
  readonly tls?: { readonly subject: string; readonly san: string | null; readonly protocol: string };
  readonly trailers?: Readonly<Record<string, string>>;
  readonly wsEcho?: string;
  readonly alpn?: string;
}

/** A request on its way: what the case says, and what identifies it. */
export interface Outgoing {
  readonly request: CaseRequest;
  readonly id: string;
  /** Value of the header Cookie; absent where the jar is empty. */
  readonly cookie?: string;
}

const NOTHING: Pick<Answer, 'headers' | 'body'> = { headers: [], body: Buffer.alloc(0) };

const pairsOf = (raw: readonly string[]): readonly Pair[] =>
  Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? '']);

const portOf = ({ port, scheme }: CaseRequest): number => port ?? (scheme === 'https' ? 443 : 80);

const hostOf = ({ host }: CaseRequest): string => host ?? SERVED_AT;

const sniOf = (request: CaseRequest): string => request.sni ?? hostOf(request).replace(/:\d+$/, '');

const bodyOf = ({ body, bodySize, grpc }: CaseRequest): Buffer | undefined => {
  if (bodySize !== undefined) return Buffer.alloc(bodySize, 'b');
  if (grpc === true) return grpcMessage(body ?? '');
  return body === undefined ? undefined : Buffer.from(body);
};

/** One byte for "not compressed", four for the length. */
const grpcMessage = (text: string): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

const given = ({ request, id, cookie }: Outgoing): readonly Pair[] => [
  ...Object.entries(request.headers ?? {}).flatMap(([name, value]): Pair[] => [value].flat().map((one) => [name, one])),
  [PROBE_ID, id],
  ...(cookie === undefined ? [] : [['Cookie', cookie] as const]),
];

/** What a client of HTTP/1.1 sends besides; headers of the case win. */
const completed = (outgoing: Outgoing): readonly Pair[] => {
  const own = given(outgoing);
  const has = (name: string): boolean => own.some(([other]) => other.toLowerCase() === name.toLowerCase());
  const body = bodyOf(outgoing.request);
  const usual: readonly Pair[] = [
    ['User-Agent', 'probe'],
    ['Accept', '*/*'],
    ...(body === undefined || has('Transfer-Encoding') ? [] : [['Content-Length', String(body.length)] as const]),
    ['Connection', 'close'],
  ];
  return [['Host', hostOf(outgoing.request)], ...own, ...usual.filter(([name]) => !has(name))];
};

const tlsFacts = (socket: Socket | TLSSocket): Pick<Answer, 'tls'> => {
  if (!('getPeerCertificate' in socket)) return {};
  const { subject, subjectaltname } = socket.getPeerCertificate();
  const protocol = socket.getProtocol() ?? '';
  return { tls: { subject: String(subject?.CN), san: subjectaltname ?? null, protocol } };
};

const sendHttp1 = (outgoing: Outgoing): Promise<Answer> => {
  const { request } = outgoing;
  const options = {
    host: SERVED_AT,
    port: portOf(request),
    localAddress: request.from ?? CLIENT,
    method: request.method ?? 'GET',
    path: request.path ?? '/',
    headers: completed(outgoing).flat(),
    setHost: false,
    agent: false,
    timeout: request.timeout ?? PATIENCE_MS,
    insecureHTTPParser: true,
  };
  const { cert, key, tlsMin, tlsMax } = request;
  const secure = {
    rejectUnauthorized: false,
    servername: sniOf(request),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(tlsMin === undefined ? {} : { minVersion: tlsMin }),
    ...(tlsMax === undefined ? {} : { maxVersion: tlsMax }),
  };
  return new Promise((resolve, reject) => {
    const sent = request.scheme === 'https' ? httpsRequest({ ...options, ...secure }) : httpRequest(options);
    sent.once('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.once('error', reject);
    sent.once('response', (response) => void readResponse(response).then(resolve, reject));
    sent.end(bodyOf(request));
  });
};

const readResponse = async (response: IncomingMessage): Promise<Answer> => {
  const facts = tlsFacts(response.socket);
  const body = await buffer(response);
  return { status: response.statusCode ?? 0, headers: pairsOf(response.rawHeaders), body, ...facts };
};

const dial = async (request: CaseRequest): Promise<Socket | TLSSocket> => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket | TLSSocket>();
  const tcp = { host: SERVED_AT, port: portOf(request), localAddress: request.from ?? CLIENT };
  const socket: Socket | TLSSocket =
    request.scheme === 'https'
      ? connectTls({ socket: connectTcp(tcp), servername: sniOf(request), rejectUnauthorized: false }, () =>
          resolve(socket),
        )
      : connectTcp(tcp, () => resolve(socket));
  socket.once('error', reject);
  return promise;
};

/** Reads what comes until the other side ends, or nothing has come for a while. */
const readAll = (socket: Socket, patienceMs: number): Promise<Buffer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const end = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    socket.setTimeout(patienceMs, end);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', end).once('error', end);
  });

const parseAnswer = (bytes: Buffer): Answer => {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.toString('latin1', 0, end === -1 ? bytes.length : end).split('\r\n');
  const headers = lines.map((line): Pair => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  const body = end === -1 ? Buffer.alloc(0) : bytes.subarray(end + 4);
  return { status: Number(first.split(' ')[1] ?? 0), headers, body };
};

const sendRaw = async ({ request, id }: Outgoing): Promise<Answer> => {
  const socket = await dial(request);
  socket.write((request.raw ?? '').replaceAll('{id}', id).replaceAll(/\r?\n/g, '\r\n'));
  const bytes = await readAll(socket, request.timeout ?? 3_000);
  return bytes.length === 0 ? { ...NOTHING, error: 'no answer' } : parseAnswer(bytes);
};

const sendTalk = async ({ request }: Outgoing): Promise<Answer> => {
  const socket = await dial(request);
  socket.write(request.talk ?? '');
  const body = await readAll(socket, request.timeout ?? 3_000);
  return body.length === 0 ? { ...NOTHING, error: 'no answer' } : { ...NOTHING, body };
};

const sendDatagram = async ({ request }: Outgoing): Promise<Answer> => {
  const socket = createSocket('udp4').bind(0, request.from ?? CLIENT);
  try {
    socket.send(request.datagram ?? '', portOf(request), SERVED_AT);
    const signal = AbortSignal.timeout(request.timeout ?? 3_000);
    const [body] = (await once(socket, 'message', { signal })) as [Buffer];
    return { ...NOTHING, body };
  } finally {
    socket.close();
  }
};

const HANDSHAKE: readonly Pair[] = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
];

const sendWebSocket = async (outgoing: Outgoing): Promise<Answer> => {
  const { request } = outgoing;
  const socket = await dial(request);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = [['Host', hostOf(request)], ...given(outgoing), ...HANDSHAKE].flat();
  const options = { path: request.path ?? '/', headers, setHost: false, createConnection: () => socket };
  const sent = httpRequest(options);
  sent.once('error', reject);
  sent.once('response', ({ statusCode = 0, rawHeaders }) =>
    resolve({ ...NOTHING, status: statusCode, headers: pairsOf(rawHeaders) }),
  );
  sent.once('upgrade', ({ statusCode = 0, rawHeaders }: IncomingMessage, _, head: Buffer) => {
    const upgraded = { ...NOTHING, status: statusCode, headers: pairsOf(rawHeaders) };
    void exchangeMessage(socket, head, request.ws ?? '').then((wsEcho) => resolve({ ...upgraded, wsEcho }), reject);
  });
  sent.end();
  return promise.finally(() => socket.destroy());
};

const isPseudo = (name: string): boolean => name.startsWith(':');

const pairsOfHttp2 = (headers: IncomingHttpHeaders): readonly Pair[] =>
  Object.entries(headers)
    .filter(([name]) => !isPseudo(name))
    .flatMap(([name, value]): Pair[] => [value ?? ''].flat().map((one) => [name, one]));

const sendHttp2 = async (outgoing: Outgoing): Promise<Answer> => {
  const { request } = outgoing;
  const options = { rejectUnauthorized: false, servername: sniOf(request), localAddress: request.from ?? CLIENT };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const session = connectHttp2(`${request.scheme ?? 'http'}://${SERVED_AT}:${portOf(request)}`, options);
  session.on('error', reject);
  const stream = session.request({
    ':method': request.method ?? 'GET',
    ':path': request.path ?? '/',
    ':authority': hostOf(request),
    ...(request.grpc === true ? { 'content-type': 'application/grpc', te: 'trailers' } : {}),
    ...Object.fromEntries(given(outgoing).map(([name, value]) => [name.toLowerCase(), value])),
  });
  const trailers: Record<string, string> = {};
  stream.on('trailers', (found) => Object.assign(trailers, found));
  stream.once('error', reject);
  stream.once('response', (headers) => {
    const facts = {
      status: headers[':status'] ?? 0,
      headers: pairsOfHttp2(headers),
      ...(session.alpnProtocol === undefined ? {} : { alpn: session.alpnProtocol }),
    };
    const whole = (body: Buffer): Answer => ({
      ...facts,
      body,
      ...(Object.keys(trailers).length === 0 ? {} : { trailers: { ...trailers } }),
    });
    void buffer(stream).then((body) => resolve(whole(body)), reject);
  });
  stream.end(bodyOf(request));
  return promise.finally(() => session.destroy());
};

const wayOf = ({ h2, ws, raw, talk, datagram }: CaseRequest): ((outgoing: Outgoing) => Promise<Answer>) => {
  if (h2 === true) return sendHttp2;
  if (talk !== undefined) return sendTalk;
  if (datagram !== undefined) return sendDatagram;
  if (ws !== undefined) return sendWebSocket;
  return raw === undefined ? sendHttp1 : sendRaw;
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
};

/** Sends one request on a connection of its own. */
export const send = (outgoing: Outgoing): Promise<Answer> =>
  wayOf(outgoing.request)(outgoing).catch((error: unknown) => ({ ...NOTHING, error: reasonOf(error) }));
