import { fail, ok } from '../values/result.ts';
import type { ValueType } from './value-types.ts';

/** Each of these matches ciphers of every OpenSSL that speaks TLS 1.2; a list that matches none stops NGINX. */
const SURE =
  /^((ECDHE-(ECDSA|RSA)|DHE-RSA)-(AES(128-GCM-SHA256|256-GCM-SHA384)|CHACHA20-POLY1305)|(EECDH|ECDHE)(\+AESGCM)?|AESGCM|HIGH)$/;

/** What may be taken out without taking out what is sure. */
const EXCLUDED =
  /^!(aNULL|eNULL|NULL|EXPORT|EXP|LOW|MEDIUM|DES|3DES|RC2|RC4|MD5|IDEA|SEED|CAMELLIA|ARIA|PSK|SRP|DSS|aDSS|kRSA|CBC)$/;

const ADDED = /^[A-Za-z0-9][A-Za-z0-9_-]*(\+[A-Za-z0-9][A-Za-z0-9_-]*)*$/;

const isWord = (word: string): boolean =>
  ADDED.test(word) || EXCLUDED.test(word) || /^@(STRENGTH|SECLEVEL=[012])$/.test(word);

/** An OpenSSL cipher list of which at least one word surely matches. */
export const cipherList: ValueType<string> = {
  label: 'an OpenSSL cipher list with at least one ECDHE or DHE cipher with AES-GCM or CHACHA20, or HIGH or DEFAULT',
  examples: ['ECDHE-RSA-AES128-GCM-SHA256', 'HIGH:!aNULL:!MD5', 'EECDH+AESGCM:EDH+AESGCM'],
  parse: (text) => {
    const words = text.split(':');
    // OpenSSL knows DEFAULT in the first place only.
    const isSure = words[0] === 'DEFAULT' || words.some((word) => SURE.test(word));
    return text.length <= 2_000 && isSure && words.every(isWord) ? ok(text) : fail(cipherList.label);
  },
};
