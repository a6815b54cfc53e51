import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 4;

/** What came back: the status, and the address of the Pod that answered. */
export interface Answer {
  readonly status: number;
  readonly pod: string | undefined;
}

/** One request on a connection of its own, so that any worker may take it. */
export const ask = (port: number, host: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent: false, headers: { host } }, (answer) => {
      const pod = answer.headers['x-echo-pod'];
      const status = answer.statusCode ?? 0;
      answer.resume().once('end', () => resolve({ status, pod: typeof pod === 'string' ? pod : undefined }));
    })
      .once('error', reject)
      .end();
  });

/** Asks again and again until an answer fits; throws after the limit. */
export const askUntil = async (
  once: () => Promise<Answer>,
  options: { readonly fits: (answer: Answer) => boolean; readonly limitMs: number },
): Promise<void> => {
  const deadline = performance.now() + options.limitMs;
  while (!options.fits(await once())) {
    if (performance.now() > deadline) throw new Error(`no answer fitted within ${options.limitMs} ms`);
    await pause(LOOK_EVERY_MS);
  }
};
