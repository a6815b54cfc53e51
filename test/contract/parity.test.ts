import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareSteps } from '../parity/compare.ts';
import { compareExpected } from '../parity/expected.ts';
import { onPurpose } from '../parity/on-purpose.ts';
import {
  caseNames,
  idOf,
  ownNames,
  readCase,
  readOwn,
  readRecording,
  type RecordedAnswer,
  type RecordedResult,
  type RecordedStep,
  type Summary,
} from '../parity/recording.ts';
import { verdictOf } from '../parity/report.ts';

describe('the recordings of ingress-nginx', () => {
  test.each(caseNames())('%s: every request of the case was recorded', (name) => {
    const asked = readCase(name).steps.map(({ requests = [] }) => requests.map(idOf));
    expect(readRecording(name).map(({ requests }) => requests.map(({ id }) => id))).toEqual(asked);
  });
});

describe('the cases of our own', () => {
  test.each(ownNames())('%s: every request says what is expected', (name) => {
    const requests = readOwn(name).steps.flatMap(({ requests: asked = [] }) => asked);
    expect(requests.length).toBeGreaterThan(0);
    for (const { expect: lines = [] } of requests) expect(lines).not.toEqual([]);
    expect(caseNames()).not.toContain(name);
  });

  test('an answer is judged by the lines that are expected, and may have others', () => {
    const one = { name: 'x', about: 'x', webhook: false, steps: [{ requests: [{ id: 'y', expect: ['status 200'] }] }] };
    const came = (status: number): readonly RecordedStep[] => [
      { applied: [], requests: [{ id: 'y', responses: [{ status, headers: [['a', 'b']] }] }] },
    ];
    expect(compareExpected(one, came(200))).toEqual([]);
    expect(compareExpected(one, came(503))).toEqual([
      { where: 'y', expected: ['status 200'], came: ['status 503', 'a: b'] },
    ]);
    expect(compareExpected(one, [])).toEqual([{ where: 'y', expected: ['status 200'], came: [] }]);
  });
});

describe('differences on purpose', () => {
  test.each(Object.entries(onPurpose))('%s: each leads to a request and to a record', (name, reviewed) => {
    const asked = readRecording(name).flatMap(({ requests }) => requests.map(({ id }) => id));
    for (const { where, record } of reviewed) {
      expect(asked).toContain(where.replace(/^step \d+, /, ''));
      expect(existsSync(join(import.meta.dirname, '../..', record))).toBe(true);
    }
  });

  test('one that does not show any more is a difference', () => {
    expect(verdictOf('app-root', []).kind).toBe('different');
    expect(verdictOf('cors-default', []).kind).toBe('same');
  });

  test('a reviewed case with one difference more is different', () => {
    const [reviewed] = onPurpose['app-root'] ?? [];
    const known = { where: reviewed?.where ?? '', expected: [], came: ['strict-transport-security: max-age=1'] };
    expect(verdictOf('app-root', [known]).kind).toBe('different');
  });
});

const seen = {
  pod: 'a1',
  method: 'GET',
  url: '/x',
  httpVersion: '1.1',
  headers: [
    ['Host', 'x.test'],
    ['X-Real-IP', '10.0.0.9'],
  ],
  bodyLength: 0,
} as const;
const answer: RecordedAnswer = {
  status: 200,
  headers: [
    ['content-length', '300'],
    ['date', 'today'],
    ['x-echo-pod', 'a1'],
    ['x-own', '1'],
  ],
  echo: true,
  seen: [seen],
};

const compare = (expected: RecordedResult, came: RecordedResult): readonly string[] =>
  compareSteps([{ applied: [], requests: [expected] }], [{ applied: [], requests: [came] }]).flatMap((difference) => [
    ...difference.expected.map((line) => `- ${line}`),
    ...difference.came.map((line) => `+ ${line}`),
  ]);

const one = (changed: RecordedAnswer): RecordedResult => ({ id: 'x', responses: [changed] });

const pageOf = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

const { echo: _, ...withoutEcho } = answer;
const page: RecordedAnswer = { ...withoutEcho, headers: [['content-length', '146']], body: pageOf('404 Not Found') };

describe('an answer is compared by', () => {
  test.each<[what: string, changed: RecordedAnswer, shown: readonly string[]]>([
    ['nothing where it is the same', answer, []],
    ['its status', { ...answer, status: 201 }, ['- status 200', '+ status 201']],
    ['the headers that are missing', { ...answer, headers: answer.headers?.slice(0, 3) ?? [] }, ['- x-own: 1']],
    ['the headers that are new', { ...answer, headers: [...(answer.headers ?? []), ['a', 'b']] }, ['+ a: b']],
    [
      'no date, no length of an echo, no replica',
      {
        ...answer,
        headers: [
          ['content-length', '1'],
          ['date', 'tomorrow'],
          ['x-echo-pod', 'a3'],
          ['x-own', '1'],
        ],
        seen: [{ ...seen, pod: 'a3' }],
      },
      [],
    ],
    [
      'what the pod got',
      { ...answer, seen: [{ ...seen, url: '/y' }] },
      ['- pod a* got GET /x HTTP/1.1, 0 bytes', '+ pod a* got GET /y HTTP/1.1, 0 bytes'],
    ],
    [
      'the headers that the pod got',
      { ...answer, seen: [{ ...seen, headers: [['HOST', 'x.test']] }] },
      ['- pod a* got x-real-ip: 10.0.0.9'],
    ],
    ['how often it got it', { ...answer, seen: [seen, seen] }, ['- it came once', '+ it came 2 times']],
    [
      'the version of HTTP',
      { ...answer, seen: [{ ...seen, httpVersion: '1.0' }] },
      ['- pod a* got GET /x HTTP/1.1, 0 bytes', '+ pod a* got GET /x HTTP/1.0, 0 bytes'],
    ],
    [
      'an error in place of an answer',
      { error: 'ECONNRESET' },
      [
        '- status 200',
        '- content-length: of the echo',
        '- x-echo-pod: a*',
        '- x-own: 1',
        '- pod a* got GET /x HTTP/1.1, 0 bytes',
        '- pod a* got host: x.test',
        '- pod a* got x-real-ip: 10.0.0.9',
        '- it came once',
        '+ error: ECONNRESET',
      ],
    ],
  ])('%s', (_, changed, shown) => {
    expect(compare(one(answer), one(changed))).toEqual(shown);
  });

  test('the page of NGINX, by its title', () => {
    const other = { ...page, headers: [['content-length', '160']] as const, body: pageOf('403 Forbidden') };
    expect(compare(one(page), one(other))).toEqual(['- page 404 Not Found', '+ page 403 Forbidden']);
  });
});

const drawn = (pods: Readonly<Record<string, number>>, statuses = { 200: 200 }): RecordedResult => {
  const summary: Summary = { count: 200, statuses, pods };
  return { id: 'x', summary, first: answer };
};

describe('a draw', () => {
  test.each([
    ['may turn out a little otherwise', { b1: 100, c1: 100 }, { b1: 88, c1: 112 }, true],
    ['may not turn out quite otherwise', { b1: 100, c1: 100 }, { b1: 60, c1: 140 }, false],
    ['of all may not leave one out', { b1: 200 }, { b1: 199, c1: 1 }, false],
    ['that left one out may not bring it in', { b1: 100, c1: 100 }, { b1: 100, c1: 99, d1: 1 }, false],
    ['that one pod won may be won by another replica', { a1: 200 }, { a2: 200 }, true],
    ['of replicas may put them in another order', { a1: 150, a2: 50 }, { a2: 52, a3: 148 }, true],
    ['of replicas may not draw one replica more', { a1: 150, a2: 50 }, { a1: 149, a2: 50, a3: 1 }, false],
  ])('%s', (_, expected, came, isSame) => {
    expect(compare(drawn(expected), drawn(came)).length === 0).toBe(isSame);
  });

  test.each([
    ['once for a client that keeps its cookies, whoever wins', { b1: 200 }, true],
    ['not at all where it wanders', { b1: 100, c1: 100 }, false],
  ])('falls %s', (_, came, isSame) => {
    const sticky = { ...drawn(came), isSticky: true, first: { ...answer, seen: [{ ...seen, pod: 'b1' }] } };
    const expected = { ...drawn({ c1: 200 }), first: { ...answer, seen: [{ ...seen, pod: 'c1' }] } };
    expect(compare(expected, sticky).length === 0).toBe(isSame);
  });

  test('is compared by its statuses as well', () => {
    const same = { b1: 100, c1: 100 };
    expect(compare(drawn(same), drawn(same, { 200: 199, 503: 1 } as { 200: number }))).toHaveLength(2);
  });
});
