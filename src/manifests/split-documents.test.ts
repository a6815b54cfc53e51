import { describe, expect, it } from 'vitest';
import { splitDocuments } from './split-documents.ts';

const split = (text: string) => splitDocuments(text).map((document) => [document.line, document.text]);

describe('splitDocuments', () => {
  it.each([
    { name: 'one document without a marker', text: 'a: 1\n', expected: [[1, 'a: 1\n']] },
    {
      name: 'several documents',
      text: 'a: 1\n---\nb: 2\n---\nc: 3',
      expected: [
        [1, 'a: 1\n'],
        [2, '---\nb: 2\n'],
        [4, '---\nc: 3'],
      ],
    },
    {
      name: 'Windows line ends',
      text: 'a: 1\r\n---\r\nb: 2\r\n',
      expected: [
        [1, 'a: 1\r\n'],
        [2, '---\r\nb: 2\r\n'],
      ],
    },
    {
      name: 'a document on the line of its marker',
      text: '--- {a: 1}\n--- # note\nb: 2',
      expected: [
        [1, '--- {a: 1}\n'],
        [2, '--- # note\nb: 2'],
      ],
    },
    {
      name: 'empty documents and comments',
      text: '# top\n---\n\n---\n# only a comment\n---\na: 1\n---',
      expected: [[6, '---\na: 1\n']],
    },
    { name: 'directives', text: '%YAML 1.1\n---\na: 1\n', expected: [[2, '---\na: 1\n']] },
    {
      name: 'end markers',
      text: 'a: 1\n...\nb: 2\n',
      expected: [
        [1, 'a: 1\n'],
        [2, '\nb: 2\n'],
      ],
    },
    { name: 'a byte order mark', text: '\uFEFFa: 1', expected: [[1, 'a: 1']] },
    {
      name: 'dashes that are no marker',
      text: 'a: |\n  ---\n---x: 1\nb: "\u2028---"',
      expected: [[1, 'a: |\n  ---\n---x: 1\nb: "\u2028---"']],
    },
    { name: 'an empty file', text: '', expected: [] },
  ])('handles $name', ({ text, expected }) => {
    expect(split(text)).toEqual(expected);
  });
});
