import { encodeStatus } from '../protocol/codec.ts';
import { PROTOCOL_VERSION, type Layout } from '../protocol/layout.ts';
import type { Status } from '../protocol/messages.ts';
import { updateFile } from './atomic-file.ts';
import type { Logger } from './logger.ts';

/** What the agent says in `report/status.json`; written whenever it changes, one writing after the other. */
export class StatusReport {
  readonly #path: string;
  readonly #log: Logger;
  #status: Status;
  #writing: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(report: Layout['report'], facts: { readonly nginx: Status['nginx']; readonly log: Logger }) {
    this.#path = report.status;
    this.#log = facts.log;
    this.#status = { protocol: PROTOCOL_VERSION, phase: 'starting', errors: [], generations: [], nginx: facts.nginx };
  }

  /** Changes some of it; resolves when that is written. A report that cannot be written never stops NGINX's service. */
  update(change: Partial<Status>): Promise<void> {
    this.#status = { ...this.#status, ...change };
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await updateFile(this.#path, encodeStatus(this.#status));
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#log.error('the report could not be written', { path: this.#path, error: String(error) });
      this.#failing = true;
    }
  }
}
