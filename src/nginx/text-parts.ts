import { fail, ok, type Result } from '../values/result.ts';

/** What a text with variables may hold. */
export interface TextGrammar<Part> {
  /** What may stand between variables; anything where it is absent. */
  readonly literal?: RegExp;
  /** What a variable of this name stands for; `undefined` where it may not stand there. */
  readonly variable: (name: string) => Part | undefined;
}

/** A dollar without a name is a variable that nobody knows. */
const VARIABLE = /(\$\{\w*\}|\$\w*)/;

/**
 * Cuts a text at its variables as NGINX does: `$name` and `${name}`, everything else stands for itself. The error is the
 * first part that may not stand there.
 */
export const readParts = <Part>(
  text: string,
  { literal, variable }: TextGrammar<Part>,
): Result<readonly (string | Part)[]> => {
  const parts: (string | Part)[] = [];
  for (const written of text.split(VARIABLE).filter((one) => one !== '')) {
    const plain = literal === undefined || literal.test(written) ? written : undefined;
    const part = written.startsWith('$') ? variable(written.replaceAll(/[${}]/g, '')) : plain;
    if (part === undefined) return fail(written);
    parts.push(part);
  }
  return ok(parts);
};

/** The variable of a name that passes a test. */
export const variableIf =
  <V extends string>(isKnown: (name: string) => name is V) =>
  (name: string): { readonly variable: V } | undefined =>
    isKnown(name) ? { variable: name } : undefined;
