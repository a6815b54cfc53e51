import { parseHostName } from '../values/host-name.ts';
import { ok, type Result } from '../values/result.ts';

/** A rule's host in lower case: empty (every other host), a DNS name, or `*.` and a DNS name. */
export const parseHost = (text: string): Result<string> => (text === '' ? ok('') : parseHostName(text));

/** The wildcard that covers a host (`a.b.example` → `*.b.example`). */
export const wildcardOf = (host: string): string => `*.${host.slice(host.indexOf('.') + 1)}`;
