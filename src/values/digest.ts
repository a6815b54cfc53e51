import { createHash } from 'node:crypto';

/** Lower-case hexadecimal SHA-256 of the bytes, which a text has in UTF-8 (64 digits). */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
