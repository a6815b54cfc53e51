import type { RecordedAnswer, Seen } from './recording.ts';
import type { Answer } from './send.ts';

const LONGEST_BODY = 1_500;

/** What no two runs have in common, and what stands for it in the recordings. */
const RANDOM: readonly (readonly [pattern: RegExp, sign: string])[] = [
  [/\br?[0-9a-f]{32}\|u[0-9a-f]{32,61}\b/g, '<affinity>'],
  [/\b\d{10}(\.\d+){2,3}\|[0-9a-f]{32}\b/g, '<affinity>'],
  [/\b\d{10}\.\d{1,3}\.\d+\.\d+\b/g, '<affinity-id>'],
  [/\b[0-9a-f]{32}\b/g, '<hex32>'],
  [/\b[0-9a-f]{40}\b/g, '<hex40>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT/g, '<date>'],
  [/nonce="[0-9a-f]+"/g, 'nonce="<nonce>"'],
  [/kube-probe-[0-9a-f]{16}/g, '<probe-id>'],
  [/(?<=\bPROXY TCP4 \S+ \S+ )\d+/g, '<port>'],
];

/** Text without what is random in it. */
export const normalised = (text: string): string =>
  RANDOM.reduce((rest, [pattern, sign]) => rest.replaceAll(pattern, sign), text);

type Headers = readonly (readonly [name: string, value: string])[];

const normalHeaders = (headers: Headers): Headers =>
  headers.map(([name, value]) => [name.toLowerCase(), normalised(value)]);

const bodyOf = ({ body, headers }: Answer, isEchoed: boolean): Pick<RecordedAnswer, 'echo' | 'body'> => {
  if (isEchoed) return { echo: true };
  const isEncoded = headers.some(([name]) => name.toLowerCase() === 'content-encoding');
  return body.length === 0 || isEncoded ? {} : { body: normalised(body.toString().slice(0, LONGEST_BODY)) };
};

/** An answer in the form of the recordings. */
export const recorded = (answer: Answer, seen: readonly Seen[]): RecordedAnswer => {
  const { body, headers, ...facts } = answer;
  const isEchoed =
    headers.some(([name]) => name.toLowerCase() === 'x-echo-pod') && body.toString('latin1', 0, 1) === '{';
  return {
    ...facts,
    headers: normalHeaders(headers),
    ...bodyOf(answer, isEchoed),
    seen: seen.map((one) => ({
      ...one,
      url: normalised(one.url),
      headers: one.headers.map(([name, value]) => [name, normalised(value)]),
    })),
  };
};
