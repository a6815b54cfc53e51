import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const LIMIT_MS = 2_000;

/** Asks NGINX, on a fresh connection, which generation it runs; nothing where nobody answers. */
export const askGeneration = async (socketPath: string): Promise<string | undefined> => {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const asked = request(
    {
      socketPath,
      path: '/generation',
      agent: false,
      signal: AbortSignal.timeout(LIMIT_MS),
      headers: { host: 'verify' },
    },
    (response) => resolve(text(response).then((body) => (response.statusCode === 200 ? body.trim() : undefined))),
  );
  asked.on('error', () => resolve(undefined));
  asked.end();
  return promise.catch(() => undefined);
};
