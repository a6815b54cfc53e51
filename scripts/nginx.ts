import { access, constants } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { inspectNginx, OLDEST_NGINX } from '../src/agent/nginx-binary.ts';
import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { Fault } from '../src/problems/fault.ts';
import { cachedNginx, fetchDebianNginx, nginxCache } from './nginx/debian-nginx.ts';

/** Path of a usable NGINX: `NGINX_BINARY`, else on PATH, else Debian's packages, fetched once; a Fault otherwise. */
export const locateNginx = async (): Promise<string> => {
  const given = process.env['NGINX_BINARY'];
  if (given !== undefined && given !== '') return locateGiven(given);
  const onPath = await searchPath('nginx');
  const refusal = onPath === undefined ? undefined : await refusalOf(onPath);
  if (onPath !== undefined && refusal === undefined) return onPath;
  return (await cachedNginx()) ?? fetchOrExplain(refusal);
};

const locateGiven = async (given: string): Promise<string> => {
  const binary = given.includes('/') ? resolve(given) : ((await searchPath(given)) ?? given);
  const refusal = await refusalOf(binary);
  if (refusal === undefined) return binary;
  throw new Fault(refusal.code, `NGINX_BINARY is set to ${given}: ${refusal.message}`);
};

const searchPath = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = resolve(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
};

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Why a binary cannot be used; absent when it can. */
const refusalOf = async (binary: string): Promise<Fault | undefined> => {
  try {
    await inspectNginx(binary);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

const fetchOrExplain = async (onPath: Fault | undefined): Promise<string> => {
  try {
    return await fetchDebianNginx();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = [
      `NGINX ${OLDEST_NGINX} or newer is needed and was not found:`,
      '  NGINX_BINARY: not set',
      `  PATH: ${onPath?.message ?? 'no nginx'}`,
      `  ${nginxCache()}: nothing unpacked that runs`,
      `  Debian's packages: ${why.replaceAll('\n', '\n    ')}`,
      `Set NGINX_BINARY to the path of an nginx ${OLDEST_NGINX} or newer.`,
    ].join('\n');
    throw new Fault(onPath?.code ?? 'nginx-missing', message);
  }
};

if (import.meta.main) {
  try {
    console.log(await locateNginx());
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = exitCodeOf(error);
  }
}
