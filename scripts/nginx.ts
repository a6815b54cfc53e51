import { resolve } from 'node:path';
import { inspectNginx, OLDEST_NGINX } from '../src/agent/nginx-binary.ts';
import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { findNginx } from '../src/cli/nginx-path.ts';
import { Fault } from '../src/problems/fault.ts';
import { reasonOf } from '../src/values/thrown.ts';
import { cachedNginx, fetchDebianNginx, nginxCache } from './nginx/debian-nginx.ts';

/** Path of a usable NGINX: `NGINX_BINARY`, else on PATH, else Debian's packages, fetched once; a Fault otherwise. */
export const locateNginx = async (): Promise<string> => {
  const found = await findNginx(process.env);
  const refusal = found === undefined ? undefined : await refusalOf(found);
  if (found !== undefined && refusal === undefined) return found.includes('/') ? resolve(found) : found;
  const given = process.env['NGINX_BINARY'];
  if (refusal !== undefined && given === found) {
    throw new Fault(refusal.code, `NGINX_BINARY is set to ${given}: ${refusal.message}`);
  }
  return (await cachedNginx()) ?? fetchOrExplain(refusal);
};

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
    const message = [
      `NGINX ${OLDEST_NGINX} or newer is needed and was not found:`,
      '  NGINX_BINARY: not set',
      `  PATH: ${onPath?.message ?? 'no nginx'}`,
      `  ${nginxCache()}: nothing unpacked that runs`,
      `  Debian's packages: ${reasonOf(error).replaceAll('\n', '\n    ')}`,
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
