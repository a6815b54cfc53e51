import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../test/support/certificates.ts';
import { formatProblem } from '../problems/problem.ts';
import { decodeObject } from './decode.ts';

const secret = (rest: object) => {
  const decoded = decodeObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, ...rest });
  if (decoded.outcome !== 'object' || decoded.object.kind !== 'Secret') throw new Error('no Secret');
  return { resource: decoded.object.resource, problems: decoded.problems.map(formatProblem) };
};

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a Secret', () => {
  const values = (rest: object) =>
    Object.fromEntries([...secret(rest).resource.data].map(([key, value]) => [key, value.reveal()]));

  it('decodes base64 and plain text, of which plain text wins', () => {
    const data = { a: base64('ä'), b: `${base64('long')}\n`, c: '', d: null };
    expect(values({ data, stringData: { a: 'plain', e: 'x' } })).toEqual({
      a: 'plain',
      b: 'long',
      c: '',
      d: '',
      e: 'x',
    });
  });

  it('has a key pair where it holds one', async () => {
    const { cert, key } = await makeCertificate({ names: ['a.example'] });
    const data = { 'tls.crt': base64(cert), 'tls.key': base64(key) };
    expect(secret({ data, type: 'kubernetes.io/tls' }).resource).toMatchObject({
      type: 'kubernetes.io/tls',
      keyPair: { valid: true, names: ['a.example'] },
    });
  });

  it.each([
    ['no base64', { data: { k: 'topsecret!' } }, 'data.k: expected base64 text'],
    ['cut base64', { data: { k: 'dG9wc2VjcmV' } }, 'data.k: expected base64 text'],
    ['a number', { data: { k: 4711 } }, 'data.k: expected base64 text'],
    ['a number as plain text', { stringData: { k: 4711 } }, 'stringData.k: expected a string'],
    [
      'a strange key',
      { stringData: { 'topsecret!': 'x' } },
      'stringData: expected keys of letters, digits, ".", "_" and "-"',
    ],
    ['data that is text', { data: 'topsecret!' }, 'data: expected a map'],
  ])('with %s loses that key, and its content is not shown', (_, rest, problem) => {
    const { resource, problems } = secret(rest);
    expect(problems).toEqual([`Secret default/x ${problem}; the key is ignored`]);
    expect(resource).toMatchObject({ data: new Map(), keyPair: { valid: false } });
  });

  it('shows no content when printed, not even what kubectl copied into an annotation', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"k":"topsecret"}}' };
    const { resource } = secret({ metadata: { name: 'x', annotations }, stringData: { k: 'topsecret' } });
    expect(inspect(resource, { depth: 9, showHidden: true }) + JSON.stringify(resource)).not.toContain('topsecret');
  });
});
