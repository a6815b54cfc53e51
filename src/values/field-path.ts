/** Where in an object a value stands: `['spec', 'rules', 0, 'host']`. */
export type FieldPath = readonly (string | number)[];

/** The path as people write it: `spec.rules[0].host`, `metadata.annotations[example.com/key]`. */
export const formatField = (path: FieldPath): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number' || !/^[A-Za-z][A-Za-z0-9]*$/.test(part)) return `[${part}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
