import type { ConnectionOptions } from 'node:tls';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, fetch, ProxyAgent, type buildConnector, type Dispatcher, type Response } from 'undici';
import { Fault } from '../problems/fault.ts';
import { sha256 } from '../values/digest.ts';
import { reasonOf } from '../values/thrown.ts';
import { ApiFault } from './api-fault.ts';

/** One question to the API server. */
export interface ApiRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** The form of the answer; whole objects in JSON when absent. */
  readonly accept?: string;
}

/** The way to the API server. */
export interface ApiClient {
  /** The answer, whatever its status; a Fault where there is none. */
  request(request: ApiRequest): Promise<Response>;
  close(): Promise<void>;
}

interface Connection {
  readonly key: string;
  readonly dispatcher: Dispatcher;
}

const JSON_TYPE = 'application/json';
const HEADERS_MS = 60_000;

// A quiet watch is no dead watch: keep-alive probes of the connection tell them apart, a limit on silence would not.
const LIMITS = { headersTimeout: HEADERS_MS, bodyTimeout: 0 };

const createDispatcher = (config: KubeConfig, tls: ConnectionOptions): Dispatcher => {
  const options = config.createDispatcherOptions(config.getCurrentCluster(), tls);
  if (options.type === 'socks') throw new Fault('cluster', 'a SOCKS proxy in the kubeconfig is not supported');
  if (options.type === 'none') return new Agent(LIMITS);
  const connect = options.connect as buildConnector.BuildOptions;
  if (options.type === 'agent') return new Agent({ ...LIMITS, connect });
  const requestTls = options.requestTls as buildConnector.BuildOptions;
  return new ProxyAgent({ ...LIMITS, uri: options.uri, requestTls, connect });
};

const headersOf = ({ headers, auth }: RequestOptions): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value).trim()])),
  ...(typeof auth === 'string' ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {}),
});

const tlsOf = ({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions): ConnectionOptions => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
  ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  ...(servername === undefined ? {} : { servername }),
});

const keyOf = ({ ca, cert, key, rejectUnauthorized, servername }: ConnectionOptions): string =>
  sha256(JSON.stringify([ca, cert, key, rejectUnauthorized, servername]));

class Client implements ApiClient {
  readonly #load: () => KubeConfig;
  #config: KubeConfig;
  #connection: Connection | undefined;

  constructor(load: () => KubeConfig) {
    this.#load = load;
    this.#config = load();
  }

  async request(request: ApiRequest): Promise<Response> {
    try {
      const response = await this.#ask(request);
      if (response.status !== 401) return response;
      await response.body?.cancel();
      this.#config = this.#load();
      return await this.#ask(request);
    } catch (error) {
      throw asFault(error);
    }
  }

  async close(): Promise<void> {
    await this.#connection?.dispatcher.destroy();
  }

  async #ask({ path, query = {}, signal, method = 'GET', body, accept = JSON_TYPE }: ApiRequest): Promise<Response> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const server = (this.#config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '');
    const type = method === 'PATCH' ? 'application/merge-patch+json' : JSON_TYPE;
    return fetch(`${server}${path}?${new URLSearchParams(query).toString()}`, {
      method,
      signal,
      dispatcher: this.#connect(options),
      redirect: 'error',
      headers: { ...headersOf(options), accept, 'content-type': type, 'user-agent': 'portico' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  #connect(options: RequestOptions): Dispatcher {
    const tls = tlsOf(options);
    const key = keyOf(tls);
    if (this.#connection?.key === key) return this.#connection.dispatcher;
    // Watches of the old dispatcher end in their own time.
    void this.#connection?.dispatcher.close();
    this.#connection = { key, dispatcher: createDispatcher(this.#config, tls) };
    return this.#connection.dispatcher;
  }
}

/**
 * A client whose requests share one dispatcher, renewed only when certificates change. `load` is called again
 * after a 401, and the question is asked once more: client-node keeps a token for a minute by the wall clock, while its
 * file may have been rotated.
 */
export const createApiClient = (load: () => KubeConfig): ApiClient => new Client(load);

/** What kept an answer from arriving, as a Fault; undici tells the reason in the cause only. */
export const asFault = (error: unknown): Fault => {
  if (error instanceof Fault) return error;
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new ApiFault('unreachable', `the API server does not answer: ${reasonOf(inner)}`, { cause: error });
};
