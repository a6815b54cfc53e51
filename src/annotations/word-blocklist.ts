import type { Finding } from './define.ts';

/** What to say of annotations whose values hold a word that the operator does not want to see. */
export const blockedWords = (own: ReadonlyMap<string, string>, words: readonly string[]): readonly Finding[] =>
  [...own].flatMap(([key, text]): readonly Finding[] => {
    const word = words.find((one) => text.includes(one));
    if (word === undefined) return [];
    const expected = 'a value without the words of annotation-value-word-blocklist';
    return [{ key, code: 'AnnotationNotAllowed', expected, received: word, closes: true }];
  });
