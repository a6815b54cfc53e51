import { fail, ok, type Result } from '../values/result.ts';
import { openSource, readStatement, type LexError, type Position, type Statement } from './words.ts';

/** A directive as NGINX sees it: comments gone, quotes and escapes resolved. */
export interface ConfigNode {
  readonly name: string;
  readonly args: readonly string[];
  /** Where its name stands. */
  readonly at: Position;
  /** Line of its `;` or `}`; a message of NGINX about it names a line from `at.line` to this one. */
  readonly endLine: number;
  /** Present where there is a body, even an empty one. */
  readonly children?: readonly ConfigNode[];
}

/** A body that is being read. */
interface OpenBlock {
  readonly head: Statement;
  readonly siblings: ConfigNode[];
  readonly children: ConfigNode[];
}

/** Bodies of these hold entries: NGINX refuses a block there. */
const entryBlocks: ReadonlySet<string> = new Set(['charset_map', 'geo', 'map', 'split_clients', 'types']);

const nodeOf = ({ words: [name, ...args], endAt }: Statement): ConfigNode => ({
  name: name?.value ?? '',
  args: args.map((word) => word.value),
  at: name?.at ?? endAt,
  endLine: endAt.line,
});

/** What NGINX expects instead of this end of a statement, within this body. */
const misplaced = ({ end }: Statement, inside: OpenBlock | undefined): string | undefined => {
  const name = inside?.head.words[0]?.value ?? '';
  if (end === '{' && entryBlocks.has(name)) return `";" after an entry of "${name}"`;
  if (end === '}' && inside === undefined) return 'a directive instead of "}"';
  if (end === 'end of file' && inside !== undefined) return `"}" at the end of "${name}"`;
  return undefined;
};

/** Reads text as NGINX reads a file, without following includes; the error is the first that NGINX would meet. */
export const parseConfig = (text: string): Result<readonly ConfigNode[], LexError> => {
  const source = openSource(text);
  const top: ConfigNode[] = [];
  const open: OpenBlock[] = [];
  for (;;) {
    const read = readStatement(source);
    if (!read.ok) return read;
    const statement = read.value;
    const inside = open.at(-1);
    const expected = misplaced(statement, inside);
    if (expected !== undefined) return fail({ ...statement.endAt, expected });
    if (statement.end === 'end of file') return ok(top);
    const siblings = inside?.children ?? top;
    if (statement.end === ';') siblings.push(nodeOf(statement));
    if (statement.end === '{') open.push({ head: statement, siblings, children: [] });
    if (statement.end === '}') closeBlock(open, statement.endAt.line);
  }
};

const closeBlock = (open: OpenBlock[], endLine: number): void => {
  const block = open.pop();
  block?.siblings.push({ ...nodeOf(block.head), endLine, children: block.children });
};
