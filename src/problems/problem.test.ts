import { describe, expect, it } from 'vitest';
import { objectRef } from '../values/object-ref.ts';
import { formatProblem, quoteReceived } from './problem.ts';

describe('received text', () => {
  it.each([
    ['quotes', 'a"b', '"a\\"b"'],
    ['line breaks', 'a\r\nb', '"a\\r\\nb"'],
    ['line separators', 'a\u2028b\u0085', '"a\\u2028b\\u0085"'],
    ['text that runs backwards', 'a\u202eb', '"a\\u202eb"'],
    ['text that is not seen', '\ufeffa\u200bb\u{e0041}', '"\\ufeffa\\u200bb\\udb40\\udc41"'],
    ['half a character', 'a\ud800', '"a\\ud800"'],
    ['letters of all alphabets', 'é\u{1f600}', '"é\u{1f600}"'],
  ])('shows %s', (_, text, shown) => {
    expect(quoteReceived(text)).toBe(shown);
  });

  it('is cut at 120 characters', () => {
    expect(quoteReceived('a'.repeat(5_000))).toBe(`"${'a'.repeat(120)}…"`);
  });
});

describe('a problem', () => {
  it('says where, what was expected, what was found, and what is done instead', () => {
    const line = formatProblem({
      code: 'InvalidAnnotation',
      subject: objectRef('Ingress', 'shop', 'web'),
      field: ['metadata', 'annotations', 'example.com/key'],
      received: '5m',
      expected: 'whole seconds',
      consequence: 'using 60 (default)',
    });
    expect(line).toBe(
      'Ingress shop/web metadata.annotations[example.com/key]: expected whole seconds, got "5m"; using 60 (default)',
    );
  });

  it('is one line, even where the name of a file or a message of NGINX is not', () => {
    const line = formatProblem({
      code: 'ConfigRejected',
      subject: objectRef('File', '', 'a\nb.yaml'),
      field: [],
      expected: 'what NGINX accepts (\u001b[31mno\u2029)',
      consequence: 'ignoring it',
    });
    expect(line).toBe('File a\\u000ab.yaml: expected what NGINX accepts (\\u001b[31mno\\u2029); ignoring it');
  });
});
