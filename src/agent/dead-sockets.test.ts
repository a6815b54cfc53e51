import { once } from 'node:events';
import { link, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layoutIn } from '../protocol/layout.ts';
import { removeDeadSockets } from './dead-sockets.ts';

const listenOn = async (path: string): Promise<Server> => {
  const server = createServer().listen(path);
  await once(server, 'listening');
  return server;
};

test('sockets that nobody listens on are removed, and nothing else', async () => {
  const root = await mkdtemp(join(tmpdir(), 'portico-sockets-'));
  const left = await listenOn(join(root, 'left.sock'));
  // The listener removes its own name when it ends; the other one stays, as it does where NGINX ends.
  await link(join(root, 'left.sock'), join(root, 'dead.sock'));
  left.close();
  await once(left, 'close');
  const living = await listenOn(join(root, 'living.sock'));
  await writeFile(join(root, 'nginx.pid'), '1');
  await removeDeadSockets({ ...layoutIn(root).run, root });
  expect((await readdir(root)).toSorted()).toEqual(['living.sock', 'nginx.pid']);
  living.close();
  await rm(root, { recursive: true });
});
