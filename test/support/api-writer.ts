import { setTimeout } from 'node:timers/promises';
import { createApiClient, type ApiClient } from '../../src/kube/api-client.ts';
import { loadConfig } from '../../src/kube/load-config.ts';

const INSIST_MS = 60_000;
const INSIST_EVERY_MS = 100;
const { signal } = new AbortController();

/** An object of the API; the rest of it is as the test likes. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

const PLURALS: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  IngressClass: 'ingressclasses',
  EndpointSlice: 'endpointslices',
};

const folderOf = ({ apiVersion, kind, metadata: { namespace } }: ApiObject): string => {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${PLURALS[kind] ?? `${kind.toLowerCase()}s`}`;
};

/** What takes a field away in a merge is not to be there in a new object; the API server would make it empty. */
const withoutNull = (object: ApiObject): object =>
  JSON.parse(JSON.stringify(object), (_, value: unknown) => (value === null ? undefined : value)) as object;

/** Writes objects without kubectl, which takes a tenth of a second each time. */
export class ApiWriter {
  readonly #client: ApiClient;

  constructor(kubeconfig: string) {
    this.#client = createApiClient(() => loadConfig({ kubeconfig }));
  }

  /** Creates it, or merges it into what is there. */
  async put(object: ApiObject): Promise<void> {
    const folder = folderOf(object);
    const created = await this.#ask('POST', folder, withoutNull(object));
    if (created === 409) await this.#ask('PATCH', `${folder}/${object.metadata.name}`, object);
  }

  /** Makes it exactly this, whatever is there; gives the status with which the API server refuses it. */
  async replace(object: ApiObject): Promise<number | undefined> {
    const folder = folderOf(object);
    const replaced = await this.#answer('PUT', `${folder}/${object.metadata.name}`, object);
    const { ok, status } = replaced.status === 404 ? await this.#answer('POST', folder, object) : replaced;
    return ok ? undefined : status;
  }

  async putAll(objects: readonly ApiObject[]): Promise<void> {
    const rest = [...objects];
    const write = async (): Promise<void> => {
      for (let next = rest.pop(); next !== undefined; next = rest.pop()) await this.put(next);
    };
    await Promise.all(Array.from({ length: 8 }, write));
  }

  /** Deletes it, if it is there. */
  async remove(object: ApiObject): Promise<void> {
    await this.#ask('DELETE', `${folderOf(object)}/${object.metadata.name}`);
  }

  /** Does it as often as it takes, while the API server is away or starting. */
  async insist(work: () => Promise<void>): Promise<void> {
    const deadline = performance.now() + INSIST_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await setTimeout(INSIST_EVERY_MS);
      }
    }
  }

  /** Everything of a collection, read in one piece and past every cache. */
  async list(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const response = await this.#client.request({ path, signal });
    const { items } = (await response.json()) as { readonly items: readonly Readonly<Record<string, unknown>>[] };
    return items;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #ask(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<number> {
    const { ok, status, text } = await this.#answer(method, path, body);
    const isExpected = ok || (status === 409 && method === 'POST') || status === 404;
    if (!isExpected) throw new Error(`${method} ${path}: ${status} ${text}`);
    return status;
  }

  async #answer(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string }> {
    const response = await this.#client.request({ method, path, signal, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    return { ok: response.ok, status: response.status, text };
  }
}
