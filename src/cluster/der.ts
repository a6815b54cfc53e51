/** One ASN.1 value in DER. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Tag of a list of values. */
export const SEQUENCE = 0x30;

/** Tag of a whole number. */
export const INTEGER = 0x02;

/** The first value of some bytes, and where it ends; `undefined` where it is no DER. */
const readValue = (bytes: Uint8Array): (DerValue & { readonly end: number }) | undefined => {
  const [tag = 0, first = 0x80] = bytes;
  const digits = first < 0x80 ? 0 : first - 0x80;
  if ((tag & 0x1f) === 0x1f || digits > 3 || first === 0x80 || bytes.length < 2 + digits) return undefined;
  const long = bytes.subarray(2, 2 + digits).reduce((sum, byte) => sum * 0x100 + byte, 0);
  const start = 2 + digits;
  const end = start + (digits === 0 ? first : long);
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), end };
};

/** The values that bytes consist of; `undefined` where they are no DER. */
export const readValues = (bytes: Uint8Array): readonly DerValue[] | undefined => {
  const values: DerValue[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const value = readValue(rest);
    if (value === undefined) return undefined;
    values.push(value);
    rest = rest.subarray(value.end);
  }
  return values;
};
