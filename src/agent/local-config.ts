import { mkdir } from 'node:fs/promises';
import type { Layout } from '../protocol/layout.ts';
import { updateFile } from './atomic-file.ts';
import type { Machine } from './machine.ts';
import type { OptionalModules } from './nginx-binary.ts';

/** NGINX opens a socket per listed address, and one socket loses answers when many names are asked at once. */
const RESOLVER_ENTRIES = 64;

const loading = (file: string | undefined): string => (file === undefined ? '' : `load_module "${file}";\n`);

/** Without root there is no choice of user, and NGINX warns. The group can read keys (0640), nothing more. */
export const userLine = ({ root }: Pick<Machine, 'root'>): string => (root ? 'user nobody root;\n' : '');

/** Lines of the main context, by the file that holds each. */
export const localMain = (
  run: Layout['run'],
  { processors, openFiles, root }: Machine,
  load: OptionalModules,
): readonly (readonly [path: string, text: string])[] => [
  ...[...load].map(([name, file]) => [`${run.modules}/${name}.conf`, loading(file)] as const),
  [run.localUser, userLine({ root })],
  [run.localProcesses, `worker_processes ${processors};\n`],
  [run.localOpenFiles, `worker_rlimit_nofile ${openFiles};\n`],
];

/** `resolver` lines that spread NGINX's questions over all our ports. */
export const resolverLines = (ports: readonly number[], ipv6: 'on' | 'off'): string => {
  const entries = Array.from({ length: RESOLVER_ENTRIES }, (_, index) => `127.0.0.1:${ports[index % ports.length]}`);
  return `resolver ${entries.join(' ')} ipv6=${ipv6};\nresolver_timeout 1s;\n`;
};

/**
 * The server that answers kubelet: alive as long as NGINX answers, ready while `run/ready` is there. A port of its own,
 * because the ports of clients may speak the PROXY protocol.
 */
export const localHttp = (run: Layout['run'], statusPort: number | undefined, { ipv6 }: Machine): string =>
  statusPort === undefined
    ? ''
    : `server {
    listen ${statusPort};${ipv6 ? ` listen [::]:${statusPort};` : ''}
    access_log off;
    location = /livez { return 200 "ok\\n"; }
    location = /healthz {
        if (!-f "${run.ready}") { return 503; }
        return 200 "ok\\n";
    }
    location / { return 404; }
}
`;

/** The rules of others, as ModSecurity reads them. */
export const ruleSetText = (files: readonly string[]): string => files.map((file) => `Include ${file}\n`).join('');

/** Facts of this machine that a configuration includes. */
export interface LocalFacts {
  readonly machine: Machine;
  readonly load: OptionalModules;
  readonly ruleSet: readonly string[];
  readonly ports: readonly number[];
  /** Where kubelet asks for health; absent for nowhere. */
  readonly statusPort?: number | undefined;
}

/** Writes what NGINX includes from `run/`; says whether anything changed. */
export const writeLocalConfig = async (run: Layout['run'], facts: LocalFacts): Promise<boolean> => {
  const files = [
    ...localMain(run, facts.machine, facts.load),
    [run.ruleSet, ruleSetText(facts.ruleSet)],
    [run.localHttp, localHttp(run, facts.statusPort, facts.machine)],
    [run.resolver, resolverLines(facts.ports, 'off')],
    [run.resolverIpv6, resolverLines(facts.ports, 'on')],
  ] as const;
  await mkdir(run.modules, { recursive: true, mode: 0o750 });
  const changes = await Promise.all(files.map(([path, text]) => updateFile(path, text)));
  return changes.includes(true);
};
