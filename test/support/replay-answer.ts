import type { Echoed } from './echo-backend.ts';
import type { ReplayOutcome } from './replay-client.ts';
import type { ExpectedAnswer, ExpectedCopy, ExpectedSeen } from './replay-requests.ts';

type Headers = ReadonlyMap<string, string>;

/** Random identifiers look alike, as in the recordings of ingress-nginx. */
const normalised = (value: string): string => value.replaceAll(/\b[0-9a-f]{32}\b/g, '<hex32>');

const headersOf = (pairs: Iterable<readonly [name: string, value: unknown]>): Headers => {
  const found = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = found.get(name.toLowerCase());
    const text = normalised(String(value));
    found.set(name.toLowerCase(), before === undefined ? text : `${before}, ${text}`);
  }
  return found;
};

/** The named headers, so far as they are there. */
const pick = (found: Headers, names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(names).flatMap((name) => [[name, found.get(name.toLowerCase()) ?? '(absent)']]));

const lacking = (found: Headers, names: readonly string[]): readonly string[] =>
  names.filter((name) => !found.has(name.toLowerCase()));

const NONE = '(none)';

const observeSeen = (echoed: Echoed, wanted: ExpectedSeen): ExpectedSeen => {
  const { method, url, httpVersion, bodyLength, headers: pairs, sni = NONE, certificate = NONE } = echoed;
  const headers = headersOf(pairs);
  return {
    ...(wanted.method === undefined ? {} : { method }),
    ...(wanted.url === undefined ? {} : { url }),
    ...(wanted.httpVersion === undefined ? {} : { httpVersion }),
    ...(wanted.bodyLength === undefined ? {} : { bodyLength }),
    ...(wanted.headers === undefined ? {} : { headers: pick(headers, wanted.headers) }),
    ...(wanted.absent === undefined ? {} : { absent: lacking(headers, wanted.absent) }),
    ...(wanted.sni === undefined ? {} : { sni }),
    ...(wanted.certificate === undefined ? {} : { certificate }),
  };
};

const observeCopies = (received: readonly Echoed[], wanted: readonly ExpectedCopy[]): readonly ExpectedCopy[] =>
  received.map((echoed, index) => ({ ...observeSeen(echoed, wanted[index] ?? {}), pod: echoed.name }));

type Observed = { [Field in keyof ExpectedAnswer]?: ExpectedAnswer[Field] | undefined };

/** What an answer says about the fields that an expectation names: equal to the expectation where the answer is right. */
export const observe = (answer: ReplayOutcome, wanted: ExpectedAnswer): Observed => {
  const headers = headersOf(Object.entries(answer.headers));
  const pod = headers.get('x-echo-pod');
  const observed: Required<Observed> = {
    status: answer.status,
    headers: pick(headers, wanted.headers ?? {}),
    absent: lacking(headers, wanted.absent ?? []),
    trailers: pick(headersOf(Object.entries(answer.trailers)), wanted.trailers ?? {}),
    pod,
    seen:
      pod === undefined || wanted.seen === undefined ? undefined : observeSeen(JSON.parse(answer.body), wanted.seen),
    copies: observeCopies(answer.copies, wanted.copies ?? []),
    body: answer.body,
    certificate: answer.certificate,
    cipher: answer.cipher,
    protocol: answer.protocol,
  };
  const named = Object.entries(observed).filter(([field]) => field in wanted);
  return { ...Object.fromEntries(named), pod };
};
