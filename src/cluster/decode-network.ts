import { parseCidr } from '../values/cidr.ts';
import { reject, textOf, type Field } from './field.ts';

/** What a port has to be for NGINX to accept a configuration with it. */
export const PORT_NUMBER = 'a port number from 1 to 65535';

/** The port number there, or nothing; the API server lets any 32 bits through in EndpointSlices. */
export const portNumberOf = (field: Field, consequence: string): number | undefined => {
  const { value } = field;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  return reject(field, PORT_NUMBER, consequence);
};

/** The IP address there in its shortest form, or nothing; slices of type FQDN hold names. */
export const addressOf = (field: Field): string | undefined => {
  const consequence = 'the address is left out';
  const text = textOf(field, consequence);
  if (text === undefined || field.value === undefined) return undefined;
  const address = parseCidr(text);
  return address.ok && !text.includes('/') ? address.value : reject(field, 'an IP address', consequence);
};
