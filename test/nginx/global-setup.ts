import { locateNginx } from '../../scripts/nginx.ts';

/** Finds NGINX once for all test files, which read `NGINX_BINARY`. */
export const setup = async (): Promise<void> => {
  process.env['NGINX_BINARY'] = await locateNginx();
};
