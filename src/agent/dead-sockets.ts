import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Layout } from '../protocol/layout.ts';
import { hasCode } from '../values/thrown.ts';

const isDead = async (path: string): Promise<boolean> => {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return hasCode(error, 'ECONNREFUSED');
  } finally {
    socket.destroy();
  }
};

/**
 * Removes the sockets in `run/` that nobody listens on. An NGINX that refuses a reload, for a port that somebody else
 * holds, closes what it had opened for it and leaves the files, on which it could open nothing ever after.
 */
export const removeDeadSockets = async ({ root }: Layout['run']): Promise<void> => {
  const paths = (await readdir(root)).filter((name) => name.endsWith('.sock')).map((name) => join(root, name));
  for (const path of paths) if (await isDead(path)) await rm(path, { force: true });
};
