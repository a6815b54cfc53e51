import type { Layout } from '../protocol/layout.ts';
import { count, list, object, parseJson, text, type Schema } from '../protocol/schema.ts';
import { readIfPresent, updateFile } from './atomic-file.ts';

/** A worker and the generation that it runs. */
export interface KnownWorker {
  readonly pid: number;
  readonly start: number;
  readonly digest: string;
}

/** What a restarted agent has to know of the one before. */
export interface Memory {
  /** The last generation that was seen live. As long as `current` leads elsewhere, the switch is unconfirmed. */
  readonly confirmed?: string;
  /** Ports that NGINX's configuration names for questions. */
  readonly ports: readonly number[];
  readonly workers: readonly KnownWorker[];
}

/** Where the agent keeps it; the supervisor finds workers there whose master is gone. */
export const memoryPath = (run: Layout['run']): string => `${run.root}/agent.json`;

const digest = text(/^[a-z0-9]{8,64}$/, 'a digest');
const schema: Schema<Memory> = object<Memory>({
  confirmed: { optional: digest },
  ports: list(count, 64),
  workers: list(
    object<KnownWorker>({ pid: count, start: count, digest: text(/^[a-z0-9]{7,64}$/, 'a digest') }),
    10_000,
  ),
});

/** Reads what was written; an unreadable text is as good as none, because NGINX itself can be asked. */
export const readMemory = async (run: Layout['run']): Promise<Memory> => {
  const parsed = parseJson((await readIfPresent(memoryPath(run))) ?? '', schema, 'memory');
  return parsed.ok ? parsed.value : { ports: [], workers: [] };
};

/** In this order, so that the same memory is always the same text. */
const FIELDS = ['confirmed', 'ports', 'workers', 'pid', 'start', 'digest'];

/** Writes it by rename, where it is not what is written there already: an agent can start on a full disk. */
export const writeMemory = async (run: Layout['run'], memory: Memory): Promise<void> => {
  await updateFile(memoryPath(run), `${JSON.stringify(memory, FIELDS)}\n`);
};
