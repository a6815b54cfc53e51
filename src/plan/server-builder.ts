import type { NginxArg } from '../nginx/argument.ts';
import { encode } from '../nginx/argument.ts';
import { StatementList, type DraftLine, type ServerDraft } from '../nginx/draft.ts';
import { expr, type KeyExpression, type VariableName } from '../nginx/expression.ts';
import { sha256 } from '../values/digest.ts';
import { RouteBlocks, type LocationBlocks } from './shared-blocks.ts';

/** The variable that holds the path of a certificate and its key. */
const CERTIFICATE: VariableName = 'pt_certificate';

/** The certificate of a server whose sessions are like those of others. */
export const usualCertificate: NginxArg = encode('variable', CERTIFICATE);

/** Collects what features say about one server on behalf of one Ingress. */
export class ServerBuilder extends StatementList implements ServerDraft {
  readonly #blocks = new RouteBlocks();
  #certificate: NginxArg | undefined;

  mapped(source: KeyExpression, lines: readonly DraftLine[]): VariableName {
    return this.#blocks.map(source, lines);
  }

  /**
   * NGINX tells sessions apart by the names of certificate variables and authorities, not by what they hold [tried]: a
   * client whose authority was replaced by one of the same name would go on with its old session.
   */
  keepSessionsApart(by: string): void {
    const certificate = expr`${CERTIFICATE}`;
    const name = this.#blocks.map(certificate, [{ default: certificate }, { key: sha256(by), value: certificate }]);
    this.#certificate = encode('variable', name);
  }

  /** The certificate of the server, where its sessions are apart. */
  get certificate(): NginxArg | undefined {
    return this.#certificate;
  }

  /** What the server needs of `http`. */
  get blocks(): LocationBlocks {
    return this.#blocks.all();
  }
}
