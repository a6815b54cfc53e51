import { dirname } from 'node:path';
import { Fault } from '../problems/fault.ts';
import type { Layout } from '../protocol/layout.ts';
import { readBounded } from './bounded-file.ts';
import { inFolder, makeFolder, replaceFile } from './folders.ts';

/** A private text that outlives the controller. */
export interface PrivateFile {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

const MAX_BYTES = 33 * 1024 * 1024;

/** The controller's file of last good versions: mode 0600 in a folder of mode 0700, replaced as a whole. */
export const lastGoodFile = ({ root, lastGood }: Layout['controller']): PrivateFile => ({
  read: () =>
    inFolder(root, async () => {
      const read = await readBounded(lastGood, MAX_BYTES);
      if (read?.ok === false) throw new Fault('publish', `expected ${read.error}`);
      return read?.value;
    }),
  write: (text) =>
    inFolder(root, async () => {
      await makeFolder(dirname(lastGood), 0o700);
      await replaceFile(lastGood, text, 0o600);
    }),
});
