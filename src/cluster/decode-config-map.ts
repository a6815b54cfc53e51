import { child, textRecord, textsOf, type Field } from './field.ts';
import type { ConfigMap, ObjectMeta } from './resources.ts';

/** Decodes a ConfigMap; a value that is neither text nor number nor boolean is left out. */
export const decodeConfigMap = (root: Field, meta: ObjectMeta): ConfigMap => ({
  ...meta,
  data: textRecord(textsOf(child(root, 'data'), 'the key is ignored').entries),
});
