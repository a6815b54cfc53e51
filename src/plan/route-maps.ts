import type { Statement } from '../nginx/directive.ts';
import { mapBlock, type DraftLine } from '../nginx/draft.ts';
import type { Complex, VariableName } from '../nginx/expression.ts';
import type { MapBlock, Origin } from '../nginx/tree.ts';
import { compareText } from '../values/compare.ts';
import { sha256 } from '../values/digest.ts';

/** 128 bits, as for upstreams: nobody finds a map that has the name of another. */
const NAME_LENGTH = 32;

const textOf = (statement: Statement): string => {
  if ('line' in statement) return statement.line.text;
  const directives = 'directive' in statement ? [statement.directive] : statement.condition.directives;
  const tested = 'condition' in statement ? statement.condition.variable.text : '';
  return `${tested} ${directives.flatMap(({ args }) => args.map((arg) => arg.text)).join(' ')}`;
};

/** The maps that a location asks for. A map is named by what it says, so that equal ones of several locations are one. */
export class RouteMaps {
  readonly #blocks = new Map<VariableName, MapBlock>();

  /** The variable that follows from `source` by these lines. */
  add(source: Complex, lines: readonly DraftLine[]): VariableName {
    const name: VariableName = `pt_map_${sha256(JSON.stringify([source, lines])).slice(0, NAME_LENGTH)}`;
    this.#blocks.set(name, mapBlock(source, name, lines));
    return name;
  }

  /** Those that statements name, themselves or through another map: NGINX refuses one of a capture that nobody makes. */
  neededBy(statements: readonly Statement[]): ReadonlyMap<VariableName, MapBlock> {
    let text = statements.map(textOf).join('\n');
    // A map can only name earlier ones.
    const needed = [...this.#blocks].toReversed().filter(([name, { source, lines }]) => {
      if (!text.includes(name)) return false;
      text += `${source.text} ${lines.map(({ value }) => value.text).join(' ')}`;
      return true;
    });
    return new Map(needed);
  }
}

/** The maps of all locations, each once, under the name of the object that asked first. */
export class SharedMaps {
  readonly #blocks = new Map<VariableName, MapBlock>();

  add(blocks: ReadonlyMap<VariableName, MapBlock>, origin: Origin): void {
    for (const [name, block] of blocks) if (!this.#blocks.has(name)) this.#blocks.set(name, { ...block, origin });
  }

  /** In the order of their names. */
  all(): readonly MapBlock[] {
    return [...this.#blocks].toSorted(([a], [b]) => compareText(a, b)).map(([, block]) => block);
  }
}
