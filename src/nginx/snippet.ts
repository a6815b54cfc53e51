import { fail, ok, type Result } from '../values/result.ts';
import { parseConfig, type ConfigNode } from './lexer.ts';
import { snippetContexts, type SnippetContext } from './snippet-contexts.ts';
import { refusalOf } from './snippet-rules.ts';
import { openSource, readStatement, type LexError, type Word } from './words.ts';

/** A directive of an accepted snippet; one with a body has children. */
export interface SnippetDirective {
  readonly name: string;
  readonly args: readonly string[];
  readonly children?: readonly SnippetDirective[];
}

/** NGINX refuses longer words, for everybody. */
const MAX_PRINTED = 4_000;

/** Words of these characters mean the same with and without quotes. */
const BARE = /^[A-Za-z0-9_$.,:/=~*!^()%@?|+-]+$/;
const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};

const printWord = (word: string): string =>
  BARE.test(word) ? word : `"${word.replaceAll(/[\n\r\t"\\]/g, (char) => escapes[char] ?? '')}"`;

const printDirective = ({ name, args, children }: SnippetDirective, indent: string): string => {
  const head = `${indent}${[name, ...args].map(printWord).join(' ')}`;
  if (children === undefined) return `${head};`;
  const body = children.map((child) => `${printDirective(child, `${indent}    `)}\n`).join('');
  return `${head} {\n${body}${indent}}`;
};

declare const brand: unique symbol;

/** A line of an accepted snippet. */
export type SnippetLine = string & { readonly [brand]: 'SnippetLine' };

/** The directives as lines that NGINX reads as exactly these, without comments or control characters. */
export const printSnippet = (directives: readonly SnippetDirective[]): readonly SnippetLine[] =>
  directives.flatMap((directive) => printDirective(directive, '').split('\n') as SnippetLine[]);

const errorAt = (text: string, pattern: RegExp, expected: string): LexError | undefined => {
  const offset = text.search(pattern);
  if (offset === -1) return undefined;
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1, expected };
};

/** The first character that no snippet needs: line feeds and tabs may stand between words, escapes inside them. */
const strangeCharacter = (text: string): LexError | undefined =>
  errorAt(
    text,
    /[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/u,
    'text without control characters and lone surrogates',
  );

/** Lua is no text of NGINX: a lexer stumbles somewhere inside it, and names what nobody wrote by mistake. */
const luaBlock = (text: string): LexError | undefined =>
  errorAt(text, /\b[a-z_]+_by_lua_block\b/, 'no Lua, which stock NGINX cannot run');

const brokenWord = (text: string): Word | undefined => {
  const source = openSource(text);
  for (;;) {
    const read = readStatement(source);
    if (!read.ok || read.value.end === 'end of file') return undefined;
    const broken = read.value.words.find((word) => /[\n\t]/.test(word.raw));
    if (broken !== undefined) return broken;
  }
};

/** Names of everything that has a body somewhere. */
const bodyNames: ReadonlySet<string> = new Set(
  Object.values(snippetContexts).flatMap(({ bodies }) => [...bodies.keys()]),
);

const bodiesOf = (context: SnippetContext): string => {
  const names = [...snippetContexts[context].bodies.keys()].map((name) => `"${name}"`);
  return names.length === 0 ? '' : ` except those of ${names.join(' and ')}`;
};

const shapeError = ({ name, args, children }: ConfigNode, context: SnippetContext): string | undefined => {
  const { hasEntries } = snippetContexts[context];
  if (hasEntries !== true && !/^[a-z][a-z0-9_]*$/.test(name)) return 'the name of a directive';
  if (children !== undefined && !snippetContexts[context].bodies.has(name)) return `no body${bodiesOf(context)}`;
  if (hasEntries !== true && children === undefined && bodyNames.has(name)) return `"{" after "${name}"`;
  const long = [name, ...args].some((arg) => Buffer.byteLength(printWord(arg)) > MAX_PRINTED);
  return long ? `words of at most ${MAX_PRINTED} bytes` : undefined;
};

const accept = (node: ConfigNode, context: SnippetContext): Result<SnippetDirective, LexError> => {
  const { name, args, children } = node;
  const expected = shapeError(node, context) ?? refusalOf(node, context);
  if (expected !== undefined) return fail({ ...node.at, expected });
  const inside = snippetContexts[context].bodies.get(name);
  if (children === undefined || inside === undefined) return ok({ name, args });
  const accepted = acceptAll(children, inside);
  return accepted.ok ? ok({ name, args, children: accepted.value }) : accepted;
};

const acceptAll = (
  nodes: readonly ConfigNode[],
  context: SnippetContext,
): Result<readonly SnippetDirective[], LexError> => {
  const directives: SnippetDirective[] = [];
  for (const node of nodes) {
    const directive = accept(node, context);
    if (!directive.ok) return directive;
    directives.push(directive.value);
  }
  return ok(directives);
};

/** Reads NGINX text that is to stand in a context; what it accepts stays within it and touches nothing of ours. */
export const parseSnippet = (text: string, context: SnippetContext): Result<readonly SnippetDirective[], LexError> => {
  const strange = strangeCharacter(text);
  if (strange !== undefined) return fail(strange);
  const nodes = parseConfig(text);
  if (!nodes.ok) return fail(luaBlock(text) ?? nodes.error);
  const broken = brokenWord(text);
  if (broken !== undefined)
    return fail({ ...broken.at, expected: '"\\n" and "\\t" instead of line breaks and tabs inside a word' });
  return acceptAll(nodes.value, context);
};
