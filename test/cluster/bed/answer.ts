import { request } from 'node:http';
import type { Echoed } from '../../support/echo-backend.ts';

/** What came back from a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** What the echo backend received; throws where another answered. */
  readonly echoed: () => Echoed;
}

/** Sends one GET request to a host, wherever its address is. */
export const ask = (
  where: { readonly address: string; readonly port: number },
  host: string,
  path = '/',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: where.address, port: where.port, path, headers: { host }, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body, echoed: () => JSON.parse(body) as Echoed }),
      );
    });
    sent.setTimeout(5_000, () => sent.destroy(new Error('no answer within 5 s')));
    sent.once('error', reject).end();
  });

/** The value of a header that the backend received. */
export const receivedHeader = ({ headers }: Echoed, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
