import { fail, ok } from '../values/result.ts';
import { defineFamily, type CheckContext, type Finding, type SettingsOf } from './define.ts';
import { passwordFile } from './password-file.ts';
import { pathPrefixes } from './path-prefixes.ts';
import type { References } from './references.ts';
import { objectName, oneOf, type ValueType } from './value-types.ts';

const common = { source: 'annotation', scope: 'location', onInvalid: 'close' } as const;

/** `off` is the NGINX keyword that disables basic auth; ingress-nginx lets it through. */
const realm: ValueType<string> = {
  label: 'letters, digits, spaces and - . _ ~ / : +, but not "off"',
  examples: ['Members only'],
  parse: (text) => (/^[A-Za-z0-9+\-._~/: ]{0,200}$/.test(text) && text.trim() !== 'off' ? ok(text) : fail(realm.label)),
};

const keys = {
  'auth-type': {
    ...common,
    type: oneOf(['basic', 'digest']),
    risk: 'Low',
    compat: 'stricter',
    doc: 'basic asks for a user name and password. digest is refused and closes its routes: stock NGINX has no module for it, and none of the modules that distributions add is one. Use basic over HTTPS, or auth-url.',
  },
  'auth-secret': {
    ...common,
    type: objectName('Secret', 'users'),
    risk: 'Medium',
    compat: 'stricter',
    doc: 'Secret with the users. Without auth-type beside it the routes are closed; ingress-nginx leaves them open. So they are where a hash may take more than about a second to check (bcrypt above cost 12, SHA-crypt above 999999 rounds), during which a worker of NGINX answers nobody.',
  },
  'auth-secret-type': {
    ...common,
    type: oneOf(['auth-file', 'auth-map']),
    default: 'auth-file',
    risk: 'Low',
    compat: 'same',
    doc: 'auth-file: the key auth holds an htpasswd file. auth-map: each key is a user, each value a password hash.',
  },
  'auth-realm': {
    ...common,
    type: realm,
    default: '',
    risk: 'Medium',
    compat: 'stricter',
    doc: 'Realm that browsers show. The word off is refused, because it would disable authentication.',
  },
  'no-auth-locations': {
    type: pathPrefixes,
    default: ['/.well-known/acme-challenge'],
    source: 'configmap',
    scope: 'http',
    risk: 'High',
    onInvalid: 'default',
    compat: 'same',
    doc: 'Paths that begin with one of these never ask for authentication.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

const secretFindings = (reference: string, settings: Settings, references: References): readonly Finding[] => {
  const secret = references.secret(reference);
  const key = 'auth-secret';
  if (!secret.ok) return [{ key, received: reference, closes: true, ...secret.error }];
  const file = passwordFile(secret.value, settings['auth-secret-type']);
  return file.ok ? [] : [{ key, code: 'InvalidSecret', expected: file.error, received: reference, closes: true }];
};

const findings = (settings: Settings, context: CheckContext): readonly Finding[] => {
  const { 'auth-type': type, 'auth-secret': secret } = settings;
  const closes = { code: 'InvalidSecurityAnnotation', closes: true } as const;
  if (type === undefined && secret === undefined) return [];
  if (type === undefined) return [{ ...closes, key: 'auth-type', expected: 'auth-type beside auth-secret' }];
  if (type === 'digest')
    return [
      {
        key: 'auth-type',
        code: 'InvalidSecurityAnnotation',
        expected: 'basic, because stock NGINX has no digest authentication',
        received: type,
        closes: true,
      },
    ];
  if (secret === undefined) return [{ ...closes, key: 'auth-secret', expected: 'auth-secret beside auth-type' }];
  return secretFindings(secret, settings, context.references);
};

/** User names and passwords that NGINX itself checks. */
export const basicAuth = defineFamily({
  name: 'basic-auth',
  summary: 'User names and passwords that NGINX itself checks.',
  keys,
  check: findings,
  emitLocation(settings, location, route) {
    const { 'auth-type': type, 'auth-secret': reference } = settings;
    if (type === undefined || reference === undefined || route.exempt) return;
    const secret = route.references.secret(reference);
    const file = secret.ok ? passwordFile(secret.value, settings['auth-secret-type']) : fail('');
    if (!file.ok) return location.close();
    location.add('auth_basic', settings['auth-realm']);
    location.add('auth_basic_user_file', route.references.workerFile(file.value));
    location.setBackendHeader('Authorization', '');
  },
});
