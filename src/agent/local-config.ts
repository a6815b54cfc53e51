import type { Layout } from '../protocol/layout.ts';
import { updateFile } from './atomic-file.ts';
import type { Machine } from './machine.ts';

/** NGINX opens a socket per listed address, and one socket loses answers when many names are asked at once. */
const RESOLVER_ENTRIES = 64;

/** Main-context lines: `worker_processes`, `worker_rlimit_nofile`, and for root a user for the workers. */
export const localMain = ({ processors, openFiles, root }: Machine): string =>
  [
    `worker_processes ${processors};`,
    `worker_rlimit_nofile ${openFiles};`,
    // Without root there is no choice of user, and NGINX warns. The group can read keys (0640), nothing more.
    ...(root ? ['user nobody root;'] : []),
    '',
  ].join('\n');

/** `resolver` lines that spread NGINX's questions over all our ports. */
export const resolverLines = (ports: readonly number[], ipv6: 'on' | 'off'): string => {
  const entries = Array.from({ length: RESOLVER_ENTRIES }, (_, index) => `127.0.0.1:${ports[index % ports.length]}`);
  return `resolver ${entries.join(' ')} ipv6=${ipv6};\nresolver_timeout 1s;\n`;
};

/** Writes what NGINX includes from `run/`; says whether anything changed. */
export const writeLocalConfig = async (
  run: Layout['run'],
  facts: { readonly machine: Machine; readonly ports: readonly number[] },
): Promise<boolean> => {
  const changes = [
    await updateFile(run.localMain, localMain(facts.machine)),
    await updateFile(run.resolver, resolverLines(facts.ports, 'off')),
    await updateFile(run.resolverIpv6, resolverLines(facts.ports, 'on')),
  ];
  return changes.includes(true);
};
