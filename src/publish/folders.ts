import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { Fault } from '../problems/fault.ts';
import { hasCode, isSystemError } from '../values/thrown.ts';

/** Says in words what went wrong in a folder; our own bugs stay what they are. */
export const asFault = (error: unknown, folder: string): unknown => {
  if (!isSystemError(error)) return error;
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) {
    return new Fault('publish', `no space left in ${folder}; enlarge the volume or its size limit`, { cause: error });
  }
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) {
    return new Fault('folder-not-writable', `${folder} cannot be written: ${error.message}`, { cause: error });
  }
  return new Fault('publish', `${folder}: ${error.message}`, { cause: error });
};

/** Runs file operations of a folder; what fails is a Fault. */
export const inFolder = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw asFault(error, folder);
  }
};

const SET_GROUP_ID = 0o2000;

/** Makes a folder of exactly this mode, whatever the umask; the set-group-ID bit stays, by which a Pod shares files. */
export const makeFolder = async (path: string, mode: number): Promise<void> => {
  await mkdir(path, { recursive: true, mode });
  const { mode: found } = await stat(path);
  if ((found & 0o777) === mode) return;
  await chmod(path, (found & SET_GROUP_ID) | mode).catch((error: unknown) => {
    // The root of a volume belongs to somebody else; whether it can be written is what counts.
    if (!hasCode(error, 'EPERM')) throw error;
  });
};

/** Writes a new file of exactly this mode. */
export const writeNew = async (path: string, content: string | Uint8Array, mode: number): Promise<void> => {
  const file = await open(path, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
  } finally {
    await file.close();
  }
};

/** Replaces a file by rename: a reader sees the old content or the new, also after a crash in between. */
export const replaceFile = async (path: string, content: string | Uint8Array, mode: number): Promise<void> => {
  const incoming = `${path}.incoming`;
  await rm(incoming, { force: true });
  await writeNew(incoming, content, mode);
  await rename(incoming, path);
};
