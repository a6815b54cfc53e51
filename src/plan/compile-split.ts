import { eachFamily } from '../annotations/each-family.ts';
import type { Alternative, Backend } from '../model/routing-model.ts';
import { encode } from '../nginx/argument.ts';
import { directive, statement } from '../nginx/directive.ts';
import type { SplitDraft } from '../nginx/draft.ts';
import type { Complex, Expression } from '../nginx/expression.ts';
import { RouteBlocks, type LocationBlocks } from './shared-blocks.ts';
import type { RouteSettings } from './sites.ts';

/** How a location divides its requests. */
export interface Split {
  /** The upstream of each request. */
  readonly choice: Expression;
  /** What the log calls the canary, where a request goes to it. */
  readonly name: Complex;
  /** What it needs of `http`, in the name of the canary. */
  readonly blocks: LocationBlocks;
}

const asExpression = (value: Complex): Expression => (typeof value === 'string' ? { parts: [value] } : value);

/** Asks the families which requests to a backend go to its canary. */
export const compileSplit = (main: Backend, { backend, settings, origin }: Alternative<RouteSettings>): Split => {
  const own = new RouteBlocks();
  let choice: Complex = main.id;
  eachFamily(settings.values, (family, ofFamily) => {
    const split: SplitDraft = {
      main: main.id,
      canary: backend.id,
      choice,
      mapped: (source, lines) => own.map(source, lines),
      drawn: (hundredths) => own.split({ hundredths, drawn: backend.id, rest: main.id }),
    };
    choice = family.emitSplit?.(ofFamily, split) ?? choice;
  });
  const name = own.map(choice, [{ default: '' }, { key: backend.id, value: backend.label }]);
  const used = statement(directive('set', 'proxy_alternative_upstream_name', { parts: [{ variable: name }] }), 'set');
  const blocks = [...own.neededBy([used])].map(
    ([key, block]) => [key, { ...block, origin: encode('comment', origin) }] as const,
  );
  return { choice: asExpression(choice), name: { parts: [{ variable: name }] }, blocks: new Map(blocks) };
};
