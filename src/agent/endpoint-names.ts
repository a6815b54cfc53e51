import { ENDPOINT_SUFFIX } from '../protocol/messages.ts';

/** The endpoint names that the files of a generation mention. */
export interface EndpointNames {
  readonly all: ReadonlySet<string>;
  /** Upstream and name of every `server … resolve`: NGINX carries its peers into the next generation by both. */
  readonly peers: ReadonlyMap<string, string>;
}

const SUFFIX = ENDPOINT_SUFFIX.replaceAll('.', '\\.');
/** Only from the beginning of a word: tried at every letter, long paths took the square of their length. */
const NAME = `(?<![a-z0-9.-])[a-z0-9-]+(?:\\.[a-z0-9-]+)*${SUFFIX}`;
const ANY = new RegExp(NAME, 'g');
const UPSTREAM_OR_SERVER = new RegExp(
  `\\bupstream\\s+"?(?<upstream>[^\\s"{;]+)"?\\s*\\{|\\bserver\\s+"?(?<name>${NAME})(?::\\d+)?"?\\s[^;]*?\\bresolve\\b`,
  'g',
);

const QUOTED = /"(?:[^"\\\n]|\\.)*"/g;

/** Without quoted words that name nothing: a tenant's path may read like an upstream, and nobody would ask its name. */
const withoutTexts = (text: string): string =>
  text.replaceAll(QUOTED, (word) => (/^"[\w.:-]*"$/.test(word) ? word : '""'));

/** Finds endpoint names in configuration text. */
export const findEndpointNames = (texts: readonly string[]): EndpointNames => {
  const all = new Set<string>();
  const peers = new Map<string, string>();
  for (const text of texts) {
    for (const [name] of text.matchAll(ANY)) all.add(name);
    let upstream = '';
    for (const { groups } of withoutTexts(text).matchAll(UPSTREAM_OR_SERVER)) {
      const name = groups?.['name'];
      if (name === undefined) upstream = groups?.['upstream'] ?? '';
      else peers.set(`${upstream} ${name}`, name);
    }
  }
  return { all, peers };
};

/** Names whose peers NGINX does not have yet when it leaves one generation for the other. */
export const coldNames = (next: EndpointNames, previous: EndpointNames | undefined): ReadonlySet<string> =>
  new Set([...next.peers].flatMap(([peer, name]) => (previous?.peers.has(peer) === true ? [] : [name])));
