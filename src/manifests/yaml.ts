import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Tags } from 'yaml';
import type { FieldPath } from '../values/field-path.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { reasonOf } from '../values/thrown.ts';

/** What is wrong with a YAML text, and on which of its lines, from 1. */
export interface YamlMistake {
  readonly line: number;
  readonly message: string;
}

/** More are an attack: resolving aliases costs the square of their number. */
const MAX_ALIASES = 1000;

/** kubectl reads YAML 1.1 (`yes` is true, `<<` merges), but without dates, base 60 and binary. */
const KUBERNETES_TAGS = ['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`);
const customTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || !(KUBERNETES_TAGS.includes(tag.tag) || tag.format === 'TIME'));

const compose = (text: string): { readonly document: Document; readonly lines: LineCounter } => {
  const lines = new LineCounter();
  // Its own check of unique keys compares each with each: 20,000 keys took 3.6 s.
  const options = { version: '1.1', customTags, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
  return { document: parseDocument(text, { ...options, lineCounter: lines }), lines };
};

interface Misfit {
  readonly offset: number;
  readonly message: string;
}

/** What YAML allows and Kubernetes does not: duplicate keys, keys that are no scalars; and alias bombs. */
const findMisfit = (document: Document): Misfit | undefined => {
  const misfits: Misfit[] = [];
  let aliases = 0;
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        const offset = (isScalar(key) ? key.range?.[0] : map.range?.[0]) ?? 0;
        if (name === undefined) misfits.push({ offset, message: 'a key is not a scalar' });
        else if (seen.has(name)) misfits.push({ offset, message: 'a key stands twice in one map' });
        else seen.add(name);
      }
    },
    Alias: (_, alias) => {
      aliases += 1;
      if (aliases > MAX_ALIASES)
        misfits.push({ offset: alias.range?.[0] ?? 0, message: `more than ${MAX_ALIASES} aliases` });
      return misfits.length > 0 ? visit.BREAK : undefined;
    },
  });
  return misfits[0];
};

/** Without what the parser quotes from the text, which may be a Secret. */
const withoutContent = (message: string): string => message.replace(/(: | \\).*$/s, '');

/** Parses one YAML or JSON document as kubectl does. Never throws, and bounds what aliases can cost. */
export const parseYaml = (text: string): Result<unknown, YamlMistake> => {
  const json = parseJson(text);
  if (json.ok) return json;
  try {
    const { document, lines } = compose(text);
    const [error] = document.errors;
    const misfit =
      error === undefined ? findMisfit(document) : { offset: error.pos[0], message: withoutContent(error.message) };
    if (misfit !== undefined) return fail({ line: lines.linePos(misfit.offset).line, message: misfit.message });
    return ok(document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown);
  } catch (error) {
    return fail({ line: 1, message: withoutContent(reasonOf(error)) });
  }
};

/** JSON is YAML too, but its own parser is a hundred times faster. */
const parseJson = (text: string): Result<unknown> => {
  if (!/^\s*\{/.test(text)) return fail('JSON');
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return fail('JSON');
  }
};

/** Finds the line (from 1) of a field of the text, else of the nearest field around it. Parses once, when first asked. */
export const createLineFinder = (text: string): ((field: FieldPath) => number) => {
  let composed: ReturnType<typeof compose> | undefined;
  return (field) => {
    composed ??= compose(text);
    return composed.lines.linePos(offsetOf(composed.document, field)).line;
  };
};

interface Position {
  readonly node: unknown;
  readonly offset: number;
}

const offsetOf = (document: Document, field: FieldPath): number => {
  let position: Position = { node: document.contents, offset: document.contents?.range?.[0] ?? 0 };
  for (const part of field) {
    const inner = stepInto(isAlias(position.node) ? position.node.resolve(document) : position.node, part);
    if (inner === undefined) break;
    position = inner;
  }
  return position.offset;
};

const stepInto = (node: unknown, part: string | number): Position | undefined => {
  if (isSeq(node)) return positionOf(node.items[Number(part)]);
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
  const key = positionOf(pair?.key);
  return key && { node: pair?.value, offset: key.offset };
};

const positionOf = (node: unknown): Position | undefined =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? { node, offset: node.range?.[0] ?? 0 } : undefined;
