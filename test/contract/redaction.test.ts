import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { decodeObject } from '../../src/cluster/decode.ts';
import { readDocument } from '../../src/manifests/document.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { plan } from '../../src/plan/plan.ts';
import { runtimeTable } from '../../src/plan/runtime-table.ts';
import { formatProblem, type Problem } from '../../src/problems/problem.ts';
import { makeCertificate } from '../support/certificates.ts';
import { innocents, installation, stateOfObjects, tenant, type RawObject } from '../support/hostile-cluster.ts';
import { testOptions } from '../support/plan-options.ts';

const HASH = '$apr1$Zk8qT2mW$Vh3nqvWcYfUo1xgJm7sBd1';
let certificate: { readonly cert: string; readonly key: string };

beforeAll(async () => {
  certificate = await makeCertificate({ names: ['shop.example'] });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Twelve characters of a secret in a row are a leak, in clear or in base64. */
const leaks = (text: string): readonly string[] => {
  const [, ...lines] = certificate.key.split('\n').slice(0, -2);
  const secrets = [lines.join('\n'), lines.join(''), HASH].flatMap((secret) => [
    secret,
    base64(secret),
    base64(certificate.key),
  ]);
  const pieces = secrets.flatMap((secret) => secret.match(/[^]{12}/g) ?? []);
  return pieces.filter((piece) => text.includes(piece));
};

/** Every way in which a program shows a value by accident. */
const shown = (value: unknown): string => {
  const stream = new PassThrough();
  createLogger({ verbosity: 2, stream }).info('value', { value, text: String(value) });
  return [
    JSON.stringify(value),
    String(value),
    inspect(value, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null }),
    String(stream.read()),
  ].join('\n');
};

const linesOf = (problems: readonly Problem[]): string =>
  [...problems.map(formatProblem), JSON.stringify(problems)].join('\n');

const secret = (): RawObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'cert',
    namespace: 'innocent',
    annotations: { a: 'b' },
    labels: { a: 'b' },
    creationTimestamp: 'x',
  },
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': base64(certificate.cert), 'tls.key': base64(certificate.key), auth: base64(`user:${HASH}\n`) },
  stringData: { more: HASH },
});

describe('key material does not show', () => {
  const objects = (): readonly RawObject[] => [
    ...installation(),
    ...innocents({ address: '10.0.0.1', port: 8080, certificate }).filter(({ kind }) => kind !== 'Secret'),
    ...tenant('m'),
    secret(),
    { ...secret(), metadata: { name: 'users', namespace: 'innocent' } },
  ];
  const parts: readonly (readonly [string, (state: ClusterState) => unknown])[] = [
    ['a ClusterState', (state) => state],
    ['its Secrets', (state) => [...state.secrets.values()]],
    ['a Plan', (state) => plan(state, testOptions())],
    ['its files', (state) => plan(state, testOptions()).workerFiles],
    ['a RuntimeTable', (state) => runtimeTable(state, plan(state, testOptions()).model)],
  ];

  test.each(parts)('in %s', (_, part) => {
    expect(leaks(shown(part(stateOfObjects(objects()))))).toEqual([]);
  });

  test('although it is there', () => {
    const state = stateOfObjects(objects());
    const { workerFiles, model } = plan(state, testOptions());
    expect(leaks(workerFiles.map((file) => file.content.reveal()).join('\n'))).not.toEqual([]);
    const { certificates } = runtimeTable(state, model);
    expect(leaks(certificates.map(({ pem }) => pem?.reveal()).join('\n'))).not.toEqual([]);
  });
});

type Path = readonly string[];

const pathsOf = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))]
    : [path];

const replaced = (value: unknown, [key, ...rest]: Path, by: unknown): unknown => {
  if (key === undefined) return by;
  const record = value as RawObject;
  return { ...record, [key]: replaced(record[key], rest, by) };
};

describe('key material does not show in the problems of a Secret', () => {
  const forms: readonly (readonly [string, (text: string) => unknown])[] = [
    ['as text', (text) => text],
    ['in base64', (text) => base64(text)],
    ['as the name of a field', (text) => ({ [text]: text })],
    ['in a list', (text) => [text]],
    ['as a name and value of data', (text) => ({ 'tls.key': { [text]: text }, 'tls.crt': text })],
  ];

  test.each(forms)('that has it %s anywhere', (_, form) => {
    const leaking = [certificate.key, HASH].flatMap((text) =>
      pathsOf(secret()).filter((path) => {
        const broken = replaced(secret(), path, form(text));
        const decoded = decodeObject(broken);
        const state = stateOfObjects([...installation(), ...tenant('innocent'), broken]);
        const problems = decoded.outcome === 'ignored' ? [] : decoded.problems;
        return leaks(linesOf(problems) + shown(plan(state, testOptions()))).length > 0;
      }),
    );
    expect(leaking).toEqual([]);
  });

  test('whose YAML is broken at any line', () => {
    const lines = [
      'apiVersion: v1',
      'kind: Secret',
      'metadata:',
      '  name: cert',
      'stringData:',
      `  auth: "user:${HASH}"`,
      '  tls.key: |',
      ...certificate.key
        .trim()
        .split('\n')
        .map((line) => `    ${line}`),
      '  tls.crt: |',
      ...certificate.cert
        .trim()
        .split('\n')
        .map((line) => `    ${line}`),
    ];
    const damages: readonly ((line: string) => string)[] = [
      () => '',
      (line) => line.trimStart(),
      (line) => ` ${line}`,
      (line) => `\t${line}`,
      (line) => line.replace(':', ''),
      (line) => line.replace('|', ''),
      (line) => `${line} {`,
      (line) => `"${line}`,
      (line) => `${line}: "`,
      (line) => line.replace(/^( *)/, '$1- '),
      (line) => line.replace(/^( *)/, '$1*'),
      (line) => line.replace(/^( *)/, '$1? ['),
      (line) => line.replace(/^( *)/, '$1!!int '),
      (line) => `%${line}`,
      (line) => `--- ${line}`,
    ];
    const texts = lines.flatMap((line, index) => damages.map((damage) => lines.with(index, damage(line)).join('\n')));
    const leaking = texts.filter((text) => {
      const { items, mistake } = readDocument(text);
      const problems = items.flatMap(({ decoded }) => (decoded.outcome === 'ignored' ? [] : decoded.problems));
      return leaks(`${linesOf(problems)}\n${mistake?.message ?? ''}`).length > 0;
    });
    expect(leaking).toEqual([]);
  });
});
