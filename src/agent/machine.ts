import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';

/** What only this machine knows and the configuration needs. */
export interface Machine {
  /** Processors that the cgroup grants. */
  readonly processors: number;
  readonly openFiles: number;
  readonly ipv6: boolean;
  readonly root: boolean;
}

/** More open files than this would only cost NGINX memory. */
const MOST_OPEN_FILES = 1_048_576;

/** Looks at this machine. */
export const inspectMachine = async (): Promise<Machine> => ({
  processors: availableParallelism(),
  openFiles: parseOpenFiles(await readFile('/proc/self/limits', 'utf8')),
  ipv6: await canListenOnIpv6(),
  root: process.getuid?.() === 0,
});

/** The hard limit of `/proc/self/limits`, at most about a million. */
export const parseOpenFiles = (limits: string): number => {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  return Math.min(Number(hard ?? MOST_OPEN_FILES), MOST_OPEN_FILES);
};

/** Tried, not read from a file: an address family can be switched off in several places. */
const canListenOnIpv6 = (): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '::', port: 0, ipv6Only: true }, () => server.close(() => resolve(true)));
  });
