import { createServer } from 'node:net';

/** Below the range from which the kernel gives ports to connections and to servers that ask for any. */
const [LOWEST, HIGHEST] = [10_000, 32_000];
let next = LOWEST + (process.pid % (HIGHEST - LOWEST));

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '0.0.0.0', port }, () => server.close(() => resolve(true)));
  });

/** A port that nobody listens on, another one at each call. */
export const freePort = async (): Promise<number> => {
  next = next + 1 > HIGHEST ? LOWEST : next + 1;
  const port = next;
  return (await isFree(port)) ? port : freePort();
};
