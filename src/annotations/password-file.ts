import type { Secret } from '../cluster/resources.ts';
import { Redacted } from '../values/redacted.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** How a Secret lists its users: in one htpasswd file, or each under a key of its own. */
export type UserList = 'auth-file' | 'auth-map';

/**
 * Of the kinds of hashes that libcrypt knows by a mark, those that take less than about a second. A worker does nothing
 * else meanwhile, for nobody: `$6$rounds=999999999$` keeps it for an hour.
 */
const QUICK = [
  /^\$(apr1|1)\$/,
  /^\$2[abxy]\$(0\d|1[0-2])\$/,
  /^\$[56]\$(rounds=0*\d{1,6}\$|(?!rounds=))/,
  /^\$g?y\$j([78]5|[7-9A-C]T)\$/,
] as const;

/** Without a mark it is one of NGINX's own, or DES. */
const isQuick = (hash: string): boolean => !/^[$_]/.test(hash) || QUICK.some((kind) => kind.test(hash));

/** As NGINX reads a line: the hash lies between the first colon and the next. */
const hashOf = (line: string): string => line.slice(line.indexOf(':') + 1).split(/[:\r]/)[0] ?? '';

const isQuickFile = (text: string): boolean =>
  text.split('\n').every((line) => line.startsWith('#') || isQuick(hashOf(line)));

const fileOfKeys = ({ data }: Secret): Result<Redacted> => {
  const users = [...data]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([user, hash]) => [user, hash.reveal().trim()] as const);
  const good = users.every(([user, hash]) => /^[-._A-Za-z0-9]+$/.test(user) && /^[\x21-\x7e]+$/.test(hash));
  if (users.length === 0 || !good)
    return fail('a Secret whose keys are user names and whose values are one-line hashes');
  return ok(new Redacted(users.map(([user, hash]) => `${user}:${hash}\n`).join('')));
};

const fileOfKey = ({ data }: Secret): Result<Redacted> => {
  const file = data.get('auth');
  return file === undefined ? fail('a Secret with the key auth (an htpasswd file)') : ok(file);
};

const read = (secret: Secret, list: UserList): Result<Redacted> => {
  const file = list === 'auth-file' ? fileOfKey(secret) : fileOfKeys(secret);
  if (!file.ok || isQuickFile(file.value.reveal())) return file;
  return fail('a Secret with hashes that take less than a second: bcrypt to cost 12, SHA-crypt to 999999 rounds');
};

/** Every location asks, and a Secret may hold a megabyte. */
const known = { 'auth-file': new WeakMap(), 'auth-map': new WeakMap() } satisfies Record<
  UserList,
  WeakMap<Secret, Result<Redacted>>
>;

/** The htpasswd file that a Secret describes; the error names what is missing or too slow, never content. */
export const passwordFile = (secret: Secret, list: UserList): Result<Redacted> => {
  const files: WeakMap<Secret, Result<Redacted>> = known[list];
  const file = files.get(secret) ?? read(secret, list);
  files.set(secret, file);
  return file;
};
