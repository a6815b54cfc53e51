import { Redacted } from '../values/redacted.ts';
import { pemBlocks } from './certificate.ts';
import { INTEGER, readValues, SEQUENCE, type DerValue } from './der.ts';
import type { Revocations } from './resources.ts';

const SET = 0x31;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const TIMES = [0x17, 0x18];
const EXTENSIONS = 0xa0;

type Shape = (value: DerValue | undefined) => boolean;

const tagged =
  (...tags: readonly number[]): Shape =>
  (value) =>
    value !== undefined && tags.includes(value.tag);

/** A value of this tag whose parts have these shapes, in order. */
const of =
  (tag: number, ...parts: readonly Shape[]): Shape =>
  (value) => {
    const found = value?.tag === tag ? readValues(value.content) : undefined;
    return found?.length === parts.length && parts.every((fits, index) => fits(found[index]));
  };

/** A value of this tag whose parts all have this shape. */
const each =
  (tag: number, fits: Shape): Shape =>
  (value) =>
    value?.tag === tag && readValues(value.content)?.every(fits) === true;

const anything: Shape = (value) => value !== undefined;
const either =
  (...shapes: readonly Shape[]): Shape =>
  (value) =>
    shapes.some((fits) => fits(value));

/** Its last byte ends a number. */
const identifier: Shape = (value) => value?.tag === OBJECT_IDENTIFIER && (value.content.at(-1) ?? 0x80) < 0x80;
const time = tagged(...TIMES);
const algorithm = either(of(SEQUENCE, identifier), of(SEQUENCE, identifier, anything));
const name = each(SEQUENCE, each(SET, of(SEQUENCE, identifier, anything)));
const revokedOne = either(of(SEQUENCE, tagged(INTEGER), time), of(SEQUENCE, tagged(INTEGER), time, tagged(SEQUENCE)));

/** RFC 5280, 5.1: version, algorithm, issuer, this update; then next update, revoked certificates, extensions, if any. */
const isContent: Shape = (value) => {
  const parts = value?.tag === SEQUENCE ? [...(readValues(value.content) ?? [])] : [];
  const takeIf = (fits: Shape): boolean => fits(parts[0]) && parts.shift() !== undefined;
  takeIf(tagged(INTEGER));
  const hasHead = [algorithm, name, time].every(takeIf);
  takeIf(time);
  takeIf(each(SEQUENCE, revokedOne));
  takeIf(each(EXTENSIONS, tagged(SEQUENCE)));
  return hasHead && parts.length === 0;
};

/** Whole bytes: none of their bits is unused. */
const signature: Shape = (value) => value?.tag === BIT_STRING && value.content[0] === 0;

const isList = of(SEQUENCE, isContent, algorithm, signature);

const BLOCK = /^-----BEGIN X509 CRL-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END X509 CRL-----/;

const readList = (block: string): Uint8Array | undefined => {
  const bytes = Buffer.from(BLOCK.exec(block)?.[1] ?? '', 'base64');
  const values = readValues(bytes) ?? [];
  return values.length === 1 && isList(values[0]) ? bytes : undefined;
};

const toPem = (list: Uint8Array): string => {
  const lines = Buffer.from(list)
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN X509 CRL-----\n${lines}-----END X509 CRL-----\n`;
};

/** Reads the lists of revoked certificates, as NGINX will; the PEM text is written anew from what was parsed. */
export const readRevocations = (text: string | undefined): Revocations => {
  if (text === undefined) return { kind: 'absent' };
  const lists = pemBlocks(text, /^X509 CRL-----/).map(readList);
  const good = lists.flatMap((list) => (list === undefined ? [] : [list]));
  if (good.length === 0 || good.length < lists.length) return { kind: 'malformed' };
  return { kind: 'valid', pem: new Redacted([...new Set(good.map(toPem))].join('')) };
};
