import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../problems/fault.ts';

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** The NGINX to use: `NGINX_BINARY`, else `nginx` on the PATH; `undefined` where there is neither. */
export const findNginx = async (environment: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const { NGINX_BINARY: named, PATH: path = '' } = environment;
  if (named !== undefined && named !== '') return named;
  for (const folder of path.split(':').filter((one) => one !== '')) {
    const candidate = join(folder, 'nginx');
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
};

/** The NGINX to use, or a Fault that says what was looked for. */
export const requireNginx = async (environment: NodeJS.ProcessEnv): Promise<string> => {
  const found = await findNginx(environment);
  if (found !== undefined) return found;
  throw new Fault(
    'nginx-missing',
    'no NGINX: NGINX_BINARY is not set and there is no nginx on the PATH; 1.30.6 or later is needed',
  );
};
