import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fail, ok, type Result } from '../values/result.ts';
import { hasCode } from '../values/thrown.ts';

/** O_NONBLOCK, because opening a pipe that nobody writes would wait for ever. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a file that somebody else may have prepared: no link is followed, nothing but a regular file of at most this
 * size is read. Absent where there is no file; the error completes "expected …".
 */
export const readBounded = async (path: string, maxBytes: number): Promise<Result<string> | undefined> => {
  try {
    await using file = await open(path, FLAGS);
    const found = await file.stat();
    if (!found.isFile()) return fail(`${path} to be a regular file`);
    const buffer = Buffer.alloc(Math.min(found.size, maxBytes) + 1);
    let length = 0;
    for (let bytesRead = -1; bytesRead !== 0 && length < buffer.length; length += bytesRead) {
      ({ bytesRead } = await file.read(buffer, length, buffer.length - length));
    }
    return length > maxBytes
      ? fail(`${path} to have at most ${maxBytes} bytes`)
      : ok(buffer.toString('utf8', 0, length));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'ELOOP')) return fail(`${path} to be a regular file, not a link`);
    throw error;
  }
};
