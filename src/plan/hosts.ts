import { fail, ok, type Result } from '../values/result.ts';

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const HOST = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`);

/** A rule's host in lower case: empty (every other host), a DNS name, or `*.` and a DNS name. */
export const parseHost = (text: string): Result<string> => {
  const host = text.toLowerCase();
  if (host === '' || (HOST.test(host) && host.length <= 253)) return ok(host);
  return fail('a DNS name, or "*." and a DNS name');
};

/** The wildcard that covers a host (`a.b.example` → `*.b.example`). */
export const wildcardOf = (host: string): string => `*.${host.slice(host.indexOf('.') + 1)}`;
