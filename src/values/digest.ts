import { hash } from 'node:crypto';

/** Lower-case hexadecimal SHA-256 of the UTF-8 text (64 digits). */
export const sha256 = (text: string): string => hash('sha256', text, 'hex');
