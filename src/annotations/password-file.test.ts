import { describe, expect, it, test } from 'vitest';
import type { Secret } from '../cluster/resources.ts';
import { stateOfObjects } from '../../test/support/hostile-cluster.ts';
import { passwordFile } from './password-file.ts';

const secretWith = (stringData: Readonly<Record<string, string>>): Secret => {
  const { secrets } = stateOfObjects([
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'a', name: 'b' }, stringData },
  ]);
  const [secret] = [...secrets.values()];
  if (secret === undefined) throw new Error('no Secret');
  return secret;
};

const fileOf = (text: string): string | undefined => {
  const file = passwordFile(secretWith({ auth: text }), 'auth-file');
  return file.ok ? file.value.reveal() : undefined;
};

describe('hashes that NGINX checks at once', () => {
  it.each([
    '{PLAIN}x',
    '{SHA}Ys23Ag/5IOWqZCw9QGaVDdHwH00=',
    '{SSHA}Ys23Ag/5IOWqZCw9QGaVDdHwH00=',
    'rqXexS6ZhobKA',
    '$apr1$golden$Gts45d.bwq70eEFCW.Tzs1',
    '$1$golden$x',
    '$2y$05$x',
    '$2b$12$x',
    '$5$golden$x',
    '$6$rounds=656000$golden$x',
    '$y$j9T$golden$x',
    '$gy$jCT$golden$x',
  ])('%s', (hash) => expect(fileOf(`a:${hash}\nb:${hash}:a comment\r\n`)).toContain(hash));

  it.each(['', '\n', '# a comment:$6$rounds=999999999$x\n', 'nobody\n', 'a:{PLAIN}x:$2y$31$x\n'])(
    'also where NGINX reads no other: %j',
    (text) => expect(fileOf(text)).toBe(text),
  );
});

describe('hashes that would occupy a worker', () => {
  it.each([
    '$2y$13$x',
    '$2a$31$x',
    '$5$rounds=1000000$golden$x',
    '$6$rounds=999999999$golden$x',
    '$6$rounds=0000001000000$golden$x',
    '$y$jDT$golden$x',
    '$y$jzzzzz$golden$x',
    '$7$DU..../....golden$x',
    '$sha1$4294967295$golden$x',
    '$md5,rounds=4294963199$golden$$x',
    '_zzz.abcdefghijklmno',
    '$new$x',
  ])('%s', (hash) => {
    expect(fileOf(`good:{PLAIN}x\nbad:${hash}`)).toBeUndefined();
    expect(passwordFile(secretWith({ bad: hash }), 'auth-map').ok).toBe(false);
  });
});

test('a Secret that is both lists of users is two files', () => {
  const secret = secretWith({ auth: '{PLAIN}x' });
  const files = (['auth-file', 'auth-map', 'auth-file'] as const).map((list) => passwordFile(secret, list));
  expect(files.map((file) => file.ok && file.value.reveal())).toEqual(['{PLAIN}x', 'auth:{PLAIN}x\n', '{PLAIN}x']);
});
