import { encode, keyword } from '../nginx/argument.ts';
import { directive, statementText, type Directive, type Statement } from '../nginx/directive.ts';
import type { DraftLine, Limit } from '../nginx/draft.ts';
import type { KeyExpression, VariableName } from '../nginx/expression.ts';
import type { GeoBlock, LimitZone, MapBlock, MapLine, Origin, SplitBlock } from '../nginx/tree.ts';
import { geoBlock, mapBlock, splitBlock } from '../nginx/variable-blocks.ts';
import { compareText } from '../values/compare.ts';
import { sha256 } from '../values/digest.ts';

/** 128 bits, as for upstreams: nobody finds a block that has the name of another. */
const NAME_LENGTH = 32;

/** As in ingress-nginx: room for 80,000 addresses. */
const ZONE_SIZE = 5 * 1024 ** 2;

/** A block of `http` that locations need; `origin` is who asks for it, where that is not the Ingress of the location. */
type SharedBlock = { readonly origin?: Origin } & (
  | { readonly kind: 'geo'; readonly block: GeoBlock }
  | { readonly kind: 'map'; readonly block: MapBlock }
  | { readonly kind: 'split'; readonly block: Omit<SplitBlock, 'origin'> }
  | { readonly kind: 'zone'; readonly block: Pick<LimitZone, 'directive'> }
);

/** The blocks that a location needs, by their names. */
export type LocationBlocks = ReadonlyMap<string, SharedBlock>;

const argsText = ({ args }: Directive): string => args.map((arg) => arg.text).join(' ');

/** Where a block names others. */
const referencesOf = (shared: SharedBlock): string => {
  if (shared.kind === 'geo' || shared.kind === 'split') return '';
  if (shared.kind === 'zone') return argsText(shared.block.directive);
  return `${shared.block.source.text} ${shared.block.lines.map(({ value }) => value.text).join(' ')}`;
};

const zoneDirective = (name: string, key: KeyExpression, rate: Limit['rate']): Directive => {
  const zone = { name, size: ZONE_SIZE };
  return rate === undefined ? directive('limit_conn_zone', key, zone) : directive('limit_req_zone', key, zone, rate);
};

/** What a location asks of `http`. A block is named by what it says, so that equal ones of several locations are one. */
export class RouteBlocks {
  readonly #blocks = new Map<string, SharedBlock>();

  /** The variable that follows from `source` by these lines. */
  map(source: KeyExpression, lines: readonly DraftLine[]): VariableName {
    return this.#add('map', [source, lines], (target) => ({ kind: 'map', block: mapBlock(source, target, lines) }));
  }

  /** All of them. */
  all(): LocationBlocks {
    return this.#blocks;
  }

  /** The variable that is `drawn` for so many hundredths of a percent of all requests, else `rest`. */
  split(parts: Parameters<typeof splitBlock>[1]): VariableName {
    return this.#add('split', parts, (target) => ({ kind: 'split', block: splitBlock(target, parts) }));
  }

  /** The zone in which this is counted. */
  zone({ owner, key, exempt, rate }: Limit): string {
    const counted: KeyExpression = exempt.length === 0 ? key : { parts: [{ variable: this.#unless(exempt, key) }] };
    return this.#add('zone', [owner, counted, rate ?? 'connections'], (name) => ({
      kind: 'zone',
      block: { directive: zoneDirective(name, counted, rate) },
    }));
  }

  /** Those that statements name, themselves or through others: NGINX refuses one of a capture that nobody makes. */
  neededBy(statements: readonly Statement[]): LocationBlocks {
    let text = statements.map(statementText).join('\n');
    // A block can only name earlier ones.
    const needed = [...this.#blocks].toReversed().filter(([name, block]) => {
      if (!text.includes(name)) return false;
      text += ` ${referencesOf(block)}`;
      return true;
    });
    return new Map(needed);
  }

  /** A variable with the key; empty, which NGINX does not count, for addresses of these networks. */
  #unless(networks: readonly string[], key: KeyExpression): VariableName {
    const lines = networks.map((network) => [network, '1'] as const);
    const exempt = this.#add('geo', networks, (target) => ({
      kind: 'geo',
      block: geoBlock('remote_addr', target, lines),
    }));
    const values: readonly MapLine[] = [
      { key: keyword('default'), value: encode('key', key) },
      { key: encode('mapKey', '1'), value: encode('key', '') },
    ];
    return this.#add('key', [exempt, key], (target) => ({
      kind: 'map',
      block: {
        source: encode('complex', { parts: [{ variable: exempt }] }),
        target: encode('variable', target),
        lines: values,
      },
    }));
  }

  #add(kind: string, says: unknown, make: (name: VariableName) => SharedBlock): VariableName {
    const name: VariableName = `pt_${kind}_${sha256(JSON.stringify(says)).slice(0, NAME_LENGTH)}`;
    this.#blocks.set(name, make(name));
    return name;
  }
}

/** What all locations ask of `http`, each once, under the name of the object that asked first. */
export class SharedBlocks {
  readonly #blocks = new Map<string, SharedBlock & { readonly origin: Origin }>();

  add(blocks: LocationBlocks, origin: Origin): void {
    for (const [name, shared] of blocks) if (!this.#blocks.has(name)) this.#blocks.set(name, { origin, ...shared });
  }

  /** In the order of their names. */
  all(): {
    readonly geos: readonly GeoBlock[];
    readonly maps: readonly MapBlock[];
    readonly splits: readonly SplitBlock[];
    readonly zones: readonly LimitZone[];
  } {
    const all = [...this.#blocks].toSorted(([a], [b]) => compareText(a, b)).map(([, shared]) => shared);
    return {
      geos: all.flatMap(({ origin, ...one }) => (one.kind === 'geo' ? [{ ...one.block, origin }] : [])),
      maps: all.flatMap(({ origin, ...one }) => (one.kind === 'map' ? [{ ...one.block, origin }] : [])),
      splits: all.flatMap(({ origin, ...one }) => (one.kind === 'split' ? [{ ...one.block, origin }] : [])),
      zones: all.flatMap(({ origin, ...one }) => (one.kind === 'zone' ? [{ ...one.block, origin }] : [])),
    };
  }
}
