import { setTimeout as pause } from 'node:timers/promises';
import { makeCertificate } from '../support/certificates.ts';
import { startEcho, type Echo, type Echoed } from '../support/echo-backend.ts';
import type { Seen } from './recording.ts';
import { pods as facts } from './world.ts';

/** The header that tells which request of a case a pod received. */
export const PROBE_ID = 'X-Probe-Id';

const isProbeId = (name: string): boolean => name.toLowerCase() === PROBE_ID.toLowerCase();

const seenOf = ({ name, method, url, httpVersion, headers, bodyLength, sni }: Echoed, secure: boolean): Seen => ({
  pod: name,
  method,
  url,
  httpVersion,
  headers: headers.filter(([header]) => !isProbeId(header)),
  bodyLength,
  ...(secure ? { tls: sni === undefined ? {} : { sni } } : {}),
});

/** All pods of the cases, in this process, and what they received. */
export class EchoPods {
  readonly #seen = new Map<string, Seen[]>();
  readonly #echoes: Echo[] = [];

  async open(): Promise<void> {
    const tls = await makeCertificate({ names: ['echo-backend', 'tls.backend.test'] });
    const pem = { cert: tls.cert, key: tls.key };
    for (const [name, { port = 8080, ...rest }] of facts) {
      const secure = rest.protocol === 'https';
      const onRequest = (request: Echoed): void => this.#record(request, secure);
      this.#echoes.push(await startEcho({ name, port, onRequest, ...rest, ...(secure ? { tls: pem } : {}) }));
    }
  }

  /** Takes what pods received of a request, ordered by pod. */
  async take(id: string, settleMs = 0): Promise<readonly Seen[]> {
    // Copies of a request arrive when they like; that none arrives is only known after a while.
    if (settleMs > 0) await pause(settleMs);
    const seen = this.#seen.get(id) ?? [];
    this.#seen.delete(id);
    return seen.toSorted((a, b) => (a.pod < b.pod ? -1 : 1));
  }

  async close(): Promise<void> {
    await Promise.all(this.#echoes.map((echo) => echo.close()));
  }

  #record(request: Echoed, secure: boolean): void {
    const id = request.headers.find(([name]) => isProbeId(name))?.[1];
    if (id !== undefined) this.#seen.set(id, [...(this.#seen.get(id) ?? []), seenOf(request, secure)]);
  }
}
