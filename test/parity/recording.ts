import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApiObject } from '../support/api-writer.ts';

/** One request of a case, and how often it is sent. */
export interface CaseRequest {
  readonly id?: string;
  readonly scheme?: 'http' | 'https';
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly port?: number;
  readonly sni?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly bodySize?: number;
  /** Bytes to send as they are; `{id}` stands for the identifier that finds the request in the pods. */
  readonly raw?: string;
  /** Bytes to send as they are to what is no HTTP; all that comes back is the body. */
  readonly talk?: string;
  /** The same as one datagram. */
  readonly datagram?: string;
  /** A message to send once the connection is a WebSocket. */
  readonly ws?: string;
  readonly h2?: boolean;
  readonly grpc?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly tlsMin?: 'TLSv1' | 'TLSv1.2' | 'TLSv1.3';
  readonly tlsMax?: 'TLSv1.1' | 'TLSv1.2';
  /** Address of the client. */
  readonly from?: string;
  readonly timeout?: number;
  readonly repeat?: number;
  /** Only how many of each status and pod there were is recorded, and the first answer. */
  readonly summarize?: boolean;
  /** Cookies are kept between the requests that name the same jar. */
  readonly jar?: string;
  /** Milliseconds in which copies of the request may still reach a pod. */
  readonly settle?: number;
  /** Above so many milliseconds the answer counts as slow. */
  readonly recordMs?: number;
  /** In cases of our own: lines that a report would show of the answer. */
  readonly expect?: readonly string[];
}

/** The name of a request in recordings and reports. */
export const idOf = ({ id, method = 'GET', scheme = 'http', host, path = '/' }: CaseRequest): string =>
  id ?? `${method} ${scheme}://${host}${path}`;

/** What is applied together, and asked once it is live. */
export interface Step {
  readonly name?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly manifests?: readonly ApiObject[];
  readonly requests?: readonly CaseRequest[];
  readonly status?: readonly ApiObject[];
}

/** A case: `cases/NAME.yaml`. */
export interface Case {
  readonly name: string;
  readonly about: string;
  /** Whether the admission webhook is registered. */
  readonly webhook: boolean;
  readonly steps: readonly Step[];
}

type Headers = readonly (readonly [name: string, value: string])[];

/** A request as a pod received it. */
export interface Seen {
  readonly pod: string;
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: Headers;
  readonly bodyLength: number;
  readonly tls?: { readonly sni?: string | null };
}

/** One answer, and the requests that reached a pod for it. */
export interface RecordedAnswer {
  readonly status?: number;
  /** What kept an answer from coming. */
  readonly error?: string;
  readonly headers?: Headers;
  /** Whether the answer is the pod's own description of the request, instead of `body`. */
  readonly echo?: boolean;
  readonly body?: string;
  readonly tls?: { readonly subject: string; readonly san: string | null; readonly protocol: string };
  readonly trailers?: Readonly<Record<string, string>>;
  readonly wsEcho?: string;
  readonly alpn?: string;
  readonly msBucket?: 'slow' | 'fast';
  readonly seen?: readonly Seen[];
}

/** Counts in place of single answers. */
export interface Summary {
  readonly count: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly pods: Readonly<Record<string, number>>;
}

/** What came of one request of a case. */
export type RecordedResult =
  | { readonly id: string; readonly responses: readonly RecordedAnswer[] }
  | {
      readonly id: string;
      readonly summary: Summary;
      readonly first: RecordedAnswer;
      /** Whether the client kept its cookies: then one draw decides for all requests. */
      readonly isSticky?: boolean;
    };

/** What became of an object: `ok`, or the status with which it was refused. */
export interface Applied {
  readonly object: string;
  readonly status: 'ok' | number;
}

/** What came of one step. */
export interface RecordedStep {
  readonly applied: readonly Applied[];
  readonly requests: readonly RecordedResult[];
}

interface CaseFile extends Step {
  readonly name: string;
  readonly about: string;
  readonly webhook?: boolean;
  readonly steps?: readonly Step[];
}

const folder = (name: string): string => join(import.meta.dirname, name);

const namesIn = (cases: string): readonly string[] =>
  readdirSync(folder(cases))
    .map((file) => file.replace(/\.yaml$/, ''))
    .toSorted();

/** Names of all cases that were recorded. */
export const caseNames = (): readonly string[] => namesIn('cases');

/** Names of all cases of our own, which expect what the code of ingress-nginx says. */
export const ownNames = (): readonly string[] => namesIn('own');

/** Reads a recorded case. */
export const readCase = (name: string): Case => read('cases', name);

/** Reads a case of our own. */
export const readOwn = (name: string): Case => read('own', name);

/** What stands beside `steps` belongs to the first of them. */
const read = (cases: string, name: string): Case => {
  const file = parse(readFileSync(join(folder(cases), `${name}.yaml`), 'utf8')) as CaseFile;
  const { about, webhook = false, steps: given, ...single } = file;
  const [first = single, ...rest] = given ?? [single];
  const config = first.config ?? file.config ?? {};
  return { name, about, webhook, steps: [{ ...first, config }, ...rest] };
};

/** Reads what ingress-nginx 1.15.1 answered to a case, step by step. */
export const readRecording = (name: string): readonly RecordedStep[] => {
  const text = readFileSync(join(folder('recordings'), `${name}.json`), 'utf8');
  return (JSON.parse(text) as { readonly steps: readonly RecordedStep[] }).steps;
};
