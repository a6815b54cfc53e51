import { rm } from 'node:fs/promises';
import { Fault } from '../problems/fault.ts';
import { encodeDesired, parseDesired } from '../protocol/codec.ts';
import type { Generation, RuntimeTable, WorkerFile } from '../protocol/generation.ts';
import { PROTOCOL_VERSION, type Layout } from '../protocol/layout.ts';
import type { Desired, Status } from '../protocol/messages.ts';
import { reasonOf } from '../values/thrown.ts';
import { readBounded } from './bounded-file.ts';
import { writeShards } from './endpoint-shards.ts';
import { inFolder, makeFolder, replaceFile, writeNew } from './folders.ts';
import { writeGeneration } from './generation-folder.ts';
import { neededGenerations, prune } from './prune.ts';
import { CertificateFolder, writeWorkerFiles } from './worker-files.ts';

/** A generation with everything that its workers need. */
export interface Publication {
  readonly generation: Generation;
  readonly workerFiles: readonly WorkerFile[];
  readonly table: RuntimeTable;
}

const FOLDER = 0o750;
const MAX_CURRENT_BYTES = 1024 * 1024;

/** Makes the folders that the agent reads; a Fault where that cannot be. */
export const openDesired = async (desired: Layout['desired']): Promise<DesiredFolder> => {
  const { root, generations, endpoints, files, certs } = desired;
  try {
    for (const folder of [root, generations, endpoints, files, certs]) await makeFolder(folder, FOLDER);
    const probe = `${root}/probe.incoming`;
    await rm(probe, { force: true });
    await writeNew(probe, '', 0o600);
    await rm(probe);
    const read = await readBounded(desired.current, MAX_CURRENT_BYTES);
    const current = read?.ok === true ? parseDesired(read.value) : undefined;
    return new DesiredFolder(desired, current?.ok === true ? current.value : undefined);
  } catch (error) {
    throw new Fault('folder-not-writable', `${root} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
};

/** The controller's hand in `desired/`: one change at a time, `current.json` always last. */
export class DesiredFolder {
  readonly #desired: Layout['desired'];
  readonly #certificates: CertificateFolder;
  #current: Desired | undefined;
  #last: Publication | undefined;
  #table: RuntimeTable | undefined;
  #shardsBefore: readonly string[] = [];
  #pruned = '';
  #turn: Promise<unknown> = Promise.resolve();

  constructor(desired: Layout['desired'], current: Desired | undefined) {
    this.#desired = desired;
    this.#current = current;
    this.#certificates = new CertificateFolder(desired.certs);
  }

  /** What `current.json` says; absent before the first publication. */
  get current(): Desired | undefined {
    return this.#current;
  }

  /** Asks for a generation. */
  ask(publication: Publication, attempt: number): Promise<void> {
    return this.#inTurn(async () => {
      const { generation, workerFiles, table } = publication;
      await writeWorkerFiles(this.#desired.files, workerFiles);
      await writeGeneration(this.#desired.generations, generation, this.#last?.generation);
      this.#last = publication;
      await this.#name({ digest: generation.digest, attempt }, table);
    });
  }

  /** Replaces the runtime table of what is asked for; without that the table comes with the first publication. */
  feed(table: RuntimeTable): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#current !== undefined) await this.#name(this.#current, table);
    });
  }

  /** Removes what nobody needs any more. */
  prune(status: Status): Promise<void> {
    return this.#inTurn(async () => {
      const generations = this.#current === undefined ? undefined : neededGenerations(this.#current, status);
      if (generations === undefined || this.#current === undefined || this.#table === undefined) return;
      const shards = new Set([...this.#current.shards, ...this.#shardsBefore]);
      const key = JSON.stringify([[...generations].toSorted(), [...shards]]);
      if (key === this.#pruned) return;
      const certificates = new Set(this.#table.certificates.map(({ name }) => name));
      const files = new Set(this.#last?.workerFiles.map(({ name }) => name));
      const removed = await prune(this.#desired, { generations, shards, certificates, files });
      for (const name of removed) this.#certificates.forget(name);
      this.#pruned = key;
    });
  }

  async #name(wanted: Pick<Desired, 'digest' | 'attempt'>, table: RuntimeTable): Promise<void> {
    await this.#certificates.write(table.certificates);
    const { digest, attempt } = wanted;
    const shards = await writeShards(this.#desired.endpoints, table.names);
    const next = { protocol: PROTOCOL_VERSION, digest, attempt, runtimeRevision: table.revision, shards };
    const text = encodeDesired(next);
    if (this.#current === undefined || text !== encodeDesired(this.#current)) {
      await replaceFile(this.#desired.current, text, 0o640);
    }
    if (this.#current !== undefined && this.#current.runtimeRevision !== table.revision) {
      this.#shardsBefore = this.#current.shards;
    }
    this.#current = next;
    this.#table = table;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => inFolder(this.#desired.root, work));
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
