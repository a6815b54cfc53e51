import { isRecord } from '../values/record.ts';
import { Redacted } from '../values/redacted.ts';
import { readAuthorities, readKeyPair } from './certificate.ts';
import { readRevocations } from './revocations.ts';
import { child, entriesOf, reject, textOf, type Field } from './field.ts';
import type { KeyPair, ObjectMeta, Revocations, Secret } from './resources.ts';

const IGNORED = 'the key is ignored';

const encodedText = (field: Field): string | undefined => {
  const text = typeof field.value === 'string' ? field.value.replaceAll(/[\r\n]/g, '') : '-';
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return Buffer.from(text, 'base64').toString('utf8');
  reject(field, 'base64 text', IGNORED);
  return undefined;
};

const valuesOf = (field: Field, read: (entry: Field) => string | undefined): readonly (readonly [string, Redacted])[] =>
  entriesOf({ ...field, content: 'secret' }, IGNORED).entries.flatMap(([key, entry]) => {
    const text = entry.value === undefined ? '' : read(entry);
    return text === undefined ? [] : [[key, new Redacted(text)] as const];
  });

const keyPairOf = (data: ReadonlyMap<string, Redacted>): KeyPair => {
  const [crt, key] = [data.get('tls.crt'), data.get('tls.key')];
  return readKeyPair(crt?.reveal(), key);
};

const REVOKED = 'ca.crl';

const isWritten = ({ value }: Field, key: string): boolean => isRecord(value) && Object.hasOwn(value, key);

/** Lists that cannot even be decoded are not the same as none. */
const revocationsOf = (root: Field, data: ReadonlyMap<string, Redacted>): Revocations => {
  const text = data.get(REVOKED)?.reveal();
  const written = ['data', 'stringData'].some((part) => isWritten(child(root, part), REVOKED));
  return readRevocations(text ?? (written ? '' : undefined));
};

/**
 * Decodes a Secret; `stringData` wins over `data`, and no problem shows any of its content. Its annotations stay
 * behind, because `kubectl apply` writes the whole content into one of them.
 */
export const decodeSecret = (root: Field, meta: ObjectMeta): Secret => {
  const encoded = valuesOf(child(root, 'data'), encodedText);
  const plain = valuesOf(child(root, 'stringData'), (entry) => textOf(entry, IGNORED));
  const data = new Map([...encoded, ...plain]);
  return {
    ...meta,
    annotations: {},
    type: textOf(child(root, 'type'), 'using Opaque (default)') || 'Opaque',
    data,
    keyPair: keyPairOf(data),
    authorities: readAuthorities(data.get('ca.crt')?.reveal()),
    revocations: revocationsOf(root, data),
  };
};
