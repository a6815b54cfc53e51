import { decodeObject, type Decoded } from '../cluster/decode.ts';
import type { FieldPath } from '../values/field-path.ts';
import { isRecord } from '../values/record.ts';
import { createLineFinder, parseYaml, type YamlMistake } from './yaml.ts';

/** What one document of a file says, whatever file it stands in; its lines count from 1. */
export interface ManifestDocument {
  /** The decoded objects with their place in the document: several where it is a List. */
  readonly items: readonly { readonly decoded: Decoded; readonly prefix: FieldPath }[];
  /** Why it could not be parsed. */
  readonly mistake?: YamlMistake;
  readonly lineOf: (field: FieldPath) => number;
}

interface Item {
  readonly value: unknown;
  readonly prefix: FieldPath;
}

/** The items of a List or of a typed list, whose items may leave out their type; anything else is its own item. */
const itemsOf = (value: unknown): readonly Item[] => {
  if (!isRecord(value)) return value === null ? [] : [{ value, prefix: [] }];
  const { apiVersion, kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [{ value, prefix: [] }];
  const type = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.map((item: unknown, index) => ({
    value: isRecord(item) ? { ...type, ...item } : item,
    prefix: ['items', index],
  }));
};

/** Parses and decodes the text of one document. */
export const readDocument = (text: string): ManifestDocument => {
  const lineOf = createLineFinder(text);
  const parsed = parseYaml(text);
  if (!parsed.ok) return { items: [], mistake: parsed.error, lineOf };
  const items = itemsOf(parsed.value).map(({ value, prefix }) => ({ decoded: decodeObject(value), prefix }));
  return { items, lineOf };
};
