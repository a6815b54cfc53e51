import { fail, ok, type Result } from './result.ts';

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const HOST = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`);

/** A host in lower case: a DNS name, or `*.` and a DNS name. */
export const parseHostName = (text: string): Result<string> => {
  const host = text.toLowerCase();
  return HOST.test(host) && host.length <= 253 ? ok(host) : fail('a DNS name, or "*." and a DNS name');
};
