import { descend, textOf, type Field } from './field.ts';
import type { IngressClass, ObjectMeta } from './resources.ts';

/** Decodes an IngressClass; one whose controller is no text belongs to nobody. */
export const decodeIngressClass = (root: Field, meta: ObjectMeta): IngressClass => ({
  ...meta,
  controller: textOf(descend(root, 'spec', 'controller'), 'the class belongs to no controller') ?? '',
});
