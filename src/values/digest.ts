import { hash } from 'node:crypto';

/** Lower-case hexadecimal SHA-256 of the bytes, which a text has in UTF-8 (64 digits). */
export const sha256 = (content: string | Uint8Array): string => hash('sha256', content, 'hex');
