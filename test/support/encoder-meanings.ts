import { encode, type Kind } from '../../src/nginx/argument.ts';
import { EncodingRefusal } from '../../src/nginx/encoding-refusal.ts';

/** What NGINX reads where an argument of this kind holds a text that no grammar has looked at. */
export const meanings: Readonly<Partial<Record<Kind, (text: string) => string>>> = {
  address: (text) => text,
  cidr: (text) => text,
  complex: (text) => text.replaceAll('$', '${pt_dollar}'),
  file: (text) => text,
  headerName: (text) => text,
  id: (text) => text,
  keyword: (text) => text,
  listenAddress: (text) => text,
  locationPath: (text) => text,
  // In a map the first backslash disarms the key, and NGINX strips it.
  mapKey: (text) => (text === '' ? '' : `\\${text}`),
  mapRegex: (text) => `~${text}`,
  plain: (text) => text,
  realm: (text) => text.replaceAll('$', '${pt_dollar}'),
  regex: (text) => `(*LIMIT_MATCH=50000)${text}`,
  serverName: (text) => (text.startsWith('*.') ? `~^[\\w-]+\\.${text.slice(2).replaceAll('.', '\\.')}\\z` : text),
  socket: (text) => `unix:${text}`,
  variable: (text) => `$${text}`,
};

/** What the encoder makes of something; nothing where it refuses. */
export const unlessRefused = <T>(make: () => T): T | undefined => {
  try {
    return make();
  } catch (error) {
    if (error instanceof EncodingRefusal) return undefined;
    throw error;
  }
};

/** The printed argument; nothing where the encoder refuses the text. */
export const printedAs = (kind: Kind, text: string): string | undefined =>
  unlessRefused(() => encode(kind, text as never).text);
