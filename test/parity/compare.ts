import type { RecordedAnswer, RecordedResult, RecordedStep, Seen, Summary } from './recording.ts';

/** What a comparison shows: where, what ingress-nginx did, and what came instead. */
export interface Difference {
  readonly where: string;
  readonly expected: readonly string[];
  readonly came: readonly string[];
}

/** Headers that say nothing of the route: of the connection, or of the moment. */
const PASSING: ReadonlySet<string> = new Set([
  'connection',
  'date',
  'keep-alive',
  'server',
  'transfer-encoding',
  'via',
]);
const PASSING_TO_PODS: ReadonlySet<string> = new Set(['accept-encoding', 'connection', 'x-request-id']);

/** Draws may turn out otherwise: one in a few thousand lies outside of four standard deviations. */
const DEVIATIONS = 4;

/** Replicas of one Service are alike. */
const serviceOf = (pod: string): string => pod.replace(/^a[123](?=$|-)/, 'a*').replace(/^h[1-8]$/, 'h*');

/** Clients that know Max-Age, which is all of them, do not look at Expires. */
const cookieOf = (cookie: string): string =>
  cookie.includes('; Max-Age=') ? cookie.replace('; Expires=<date>', '') : cookie;

const valueOf = (name: string, value: string): string => {
  if (name === 'x-echo-pod') return serviceOf(value);
  return name === 'set-cookie' ? cookieOf(value) : value;
};

const headerLines = (headers: RecordedAnswer['headers'], passing: ReadonlySet<string>): readonly string[] =>
  (headers ?? [])
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !passing.has(name))
    .map(([name, value]) => `${name}: ${valueOf(name, value)}`)
    .toSorted();

/** The version is told of whole requests only: NGINX's own choice for the other ones was 1.0 until 1.29.7. */
const seenLines = ({ pod, method, url, httpVersion, headers, bodyLength, tls }: Seen, isOnly: boolean): string => {
  const words = [
    `${method} ${url}${isOnly ? ` HTTP/${httpVersion}` : ''}, ${bodyLength} bytes`,
    ...(tls === undefined ? [] : [`SNI ${tls.sni ?? 'none'}`]),
    ...headerLines(headers, PASSING_TO_PODS),
  ];
  return words.map((word) => `pod ${serviceOf(pod)} got ${word}`).join('\n');
};

/** Requests that pods got, each kind once; repetitions are counted. */
const allSeen = (seen: readonly Seen[]): readonly string[] => {
  const isOnly = new Set(seen.map(({ pod }) => serviceOf(pod))).size === 1;
  const kinds = Map.groupBy(seen, (one) => seenLines(one, isOnly));
  return [...kinds].flatMap(([kind, { length }]) => [
    ...kind.split('\n'),
    `it came ${length === 1 ? 'once' : `${length} times`}`,
  ]);
};

/** TLS libraries name the same refusal in many ways. */
const errorOf = (error: string): string => (/^(EPROTO|ERR_SSL)/.test(error) ? 'the TLS handshake is refused' : error);

/** The pages of NGINX differ in their titles only. */
const NGINX_PAGE =
  /^<html>\r\n<head><title>([^<]*)<\/title><\/head>\r\n<body>\r\n<center><h1>\1<\/h1><\/center>\r\n<hr><center>nginx<\/center>\r\n<\/body>\r\n<\/html>\r\n$/;

const bodyLine = (body: string): string => {
  const [, title] = NGINX_PAGE.exec(body) ?? [];
  return title === undefined ? `body ${JSON.stringify(body)}` : `page ${title}`;
};

/** Of a pod's description of the request the length says nothing, and of a body that is compared nothing more. */
const answerHeaders = ({ headers = [], body }: RecordedAnswer): readonly string[] => {
  const lines = headerLines(headers, PASSING);
  const isLength = (line: string): boolean => line.startsWith('content-length: ');
  if (body !== undefined) return lines.filter((line) => !isLength(line));
  const isOfPod = lines.some((line) => line.startsWith('x-echo-pod: '));
  return lines.map((line) => (isOfPod && isLength(line) ? 'content-length: of the echo' : line));
};

/** An answer as lines that are equal where the answers are, which is what reports show. */
export const linesOf = (answer: RecordedAnswer): readonly string[] => {
  const { status, error, body, tls, trailers, wsEcho, alpn, msBucket, seen = [] } = answer;
  return [
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(error === undefined ? [] : [`error: ${errorOf(error)}`]),
    ...answerHeaders(answer),
    ...(body === undefined ? [] : [bodyLine(body)]),
    ...(tls === undefined ? [] : [`certificate ${tls.subject} for ${tls.san}`, tls.protocol]),
    ...Object.entries(trailers ?? {}).map(([name, value]) => `trailer ${name}: ${value}`),
    ...(wsEcho === undefined ? [] : [`message ${wsEcho}`]),
    ...(typeof alpn === 'string' ? [`ALPN ${alpn}`] : []),
    ...(msBucket === undefined ? [] : [`it is ${msBucket}`]),
    ...allSeen(seen),
  ];
};

const differenceOf = (where: string, expected: readonly string[], came: readonly string[]): readonly Difference[] => {
  if (expected.join('\n') === came.join('\n')) return [];
  const missing = expected.filter((line) => !came.includes(line));
  const added = came.filter((line) => !expected.includes(line));
  const isReordered = missing.length + added.length === 0;
  return [{ where, expected: isReordered ? expected : missing, came: isReordered ? came : added }];
};

/** A count that a draw decides may differ; none and all may not. */
const fits = (expected: number, came: number, count: number): boolean => {
  if (expected === 0 || expected === count) return came === expected;
  const share = expected / count;
  return came > 0 && Math.abs(came - expected) <= Math.max(1, DEVIATIONS * Math.sqrt(count * share * (1 - share)));
};

const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');

const sameCounts = (
  expected: Readonly<Record<string, number>>,
  came: Readonly<Record<string, number>>,
  count: number,
) =>
  [...new Set([...Object.keys(expected), ...Object.keys(came)])].every((name) =>
    fits(expected[name] ?? 0, came[name] ?? 0, count),
  );

/** Replicas are alike, so the busiest one of each Service is compared with the busiest, and so on. */
const podCounts = ({ pods }: Summary): Readonly<Record<string, number>> => {
  const byService = Map.groupBy(Object.entries(pods), ([pod]) => serviceOf(pod));
  const ranked = [...byService].flatMap(([service, entries]) => {
    const counts = entries.map(([, count]) => count).toSorted((a, b) => b - a);
    return counts.map((count, rank): [string, number] => [rank === 0 ? service : `${service} ${rank + 1}`, count]);
  });
  return Object.fromEntries(ranked);
};

/** The only pod of a summary. */
const winnerOf = ({ pods }: Summary): string | undefined => {
  const [first, ...others] = Object.keys(pods);
  return others.length === 0 ? first : undefined;
};

type Summarised = Extract<RecordedResult, { readonly summary: Summary }>;

/** The same result, had the draw fallen on this pod. */
const drawnFor = (winner: string, result: Summarised): Summarised => {
  const own = winnerOf(result.summary);
  const renamed = (pod: string): string => (pod === own ? winner : pod);
  const { summary, first } = result;
  return {
    ...result,
    summary: { ...summary, pods: { [winner]: summary.count } },
    first: {
      ...first,
      headers: (first.headers ?? []).map(([name, value]) => [name, name === 'x-echo-pod' ? renamed(value) : value]),
      seen: (first.seen ?? []).map((one) => ({ ...one, pod: renamed(one.pod) })),
    },
  };
};

/** Where a client keeps its cookies, one draw decides for all of its requests: any pod may win them, but one does. */
const asDrawn = (expected: Summarised, came: Summarised): Summarised => {
  const winner = winnerOf(expected.summary);
  const isWon = winner !== undefined && winnerOf(came.summary) !== undefined;
  return came.isSticky === true && isWon ? drawnFor(winner, came) : came;
};

const compareSummaries = (where: string, expected: Summary, came: Summary): readonly Difference[] => [
  ...(sameCounts(expected.statuses, came.statuses, expected.count)
    ? []
    : [{ where: `${where} statuses`, expected: [countsOf(expected.statuses)], came: [countsOf(came.statuses)] }]),
  ...(sameCounts(podCounts(expected), podCounts(came), expected.count)
    ? []
    : [{ where: `${where} pods`, expected: [countsOf(expected.pods)], came: [countsOf(came.pods)] }]),
];

const compareResults = (expected: RecordedResult, came: RecordedResult | undefined): readonly Difference[] => {
  const where = expected.id;
  if (came === undefined) return [{ where, expected: ['an answer'], came: ['the request was not sent'] }];
  if ('summary' in expected && 'summary' in came) {
    const isDrawn = Object.keys(expected.summary.pods).length > 1;
    const { summary, first } = asDrawn(expected, came);
    const ofFirst = isDrawn ? [] : differenceOf(where, linesOf(expected.first), linesOf(first));
    return [...compareSummaries(where, expected.summary, summary), ...ofFirst];
  }
  const answers = 'responses' in came ? came.responses : [];
  const wanted = 'responses' in expected ? expected.responses : [];
  return wanted.flatMap((answer, index) =>
    differenceOf(
      `${where}${wanted.length > 1 ? ` #${index + 1}` : ''}`,
      linesOf(answer),
      linesOf(answers[index] ?? {}),
    ),
  );
};

/** What differs between a recording and what came, step by step and request by request. */
export const compareSteps = (expected: readonly RecordedStep[], came: readonly RecordedStep[]): readonly Difference[] =>
  expected.flatMap((step, index) => {
    const applied = (one: RecordedStep | undefined): readonly string[] =>
      (one?.applied ?? []).map(({ object, status }) => `${object} ${status}`);
    const other = came[index];
    return [
      ...differenceOf('kubectl apply', applied(step), applied(other)),
      ...step.requests.flatMap((request, place) => compareResults(request, other?.requests[place])),
    ].map((found) => (expected.length === 1 ? found : { ...found, where: `step ${index + 1}, ${found.where}` }));
  });
