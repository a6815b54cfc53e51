import { Fault } from '../problems/fault.ts';

/**
 * Why reading was interrupted: the version to go on from is gone · the API server said no · it did not answer, or the
 * connection broke · it sent what nobody understands · it ended a watch that had hardly begun.
 */
export type Interruption = 'expired' | 'refused' | 'unreachable' | 'garbled' | 'short';

/** A Fault between us and the API server. */
export class ApiFault extends Fault {
  readonly reason: Interruption;
  /** How long the API server wants to be left alone. */
  readonly retryAfterMs: number;

  constructor(reason: Interruption, message: string, options: ErrorOptions & { readonly retryAfterMs?: number } = {}) {
    super('cluster', message, options);
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}
