import { chmod, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { hasCode } from '../values/thrown.ts';

/** The controller reads the report as another user of the same group, whatever our umask is. */
const SHARED_WITH_GROUP = 0o640;

/** Replaces a file by rename, so that a reader sees the old or the new text, also after a crash in between. */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const incoming = `${path}.incoming`;
  await writeFile(incoming, text);
  await chmod(incoming, SHARED_WITH_GROUP);
  await rename(incoming, path);
};

/** Writes a file whose text changed; says whether it did. */
export const updateFile = async (path: string, text: string): Promise<boolean> => {
  if ((await readIfPresent(path)) === text) return false;
  await replaceFile(path, text);
  return true;
};

/** Points a link elsewhere by rename: at no moment is there no link. */
export const replaceLink = async (path: string, target: string): Promise<void> => {
  const incoming = `${path}.incoming`;
  await rm(incoming, { force: true });
  await symlink(target, incoming);
  await rename(incoming, path);
};

/** The text of a file; nothing where there is no such file. */
export const readIfPresent = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Whether a file operation failed because the file does not exist. */
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');
