import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import type { Kind } from '../../src/nginx/argument.ts';
import { encode } from '../../src/nginx/argument.ts';
import type { DirectiveName } from '../../src/nginx/catalogue.ts';
import { directive, statement, statementText } from '../../src/nginx/directive.ts';
import { unlessRefused } from './encoder-meanings.ts';
import { installation, prefixed, stateOfObjects, tenant, type RawObject, type Wish } from './hostile-cluster.ts';

/** What becomes of a hostile value; `attacks.yaml` says what each word means. */
export type Outcome = 'closed' | 'left out' | 'ignored' | 'inert';

/** One hostile value in its place. */
export interface Attack {
  readonly row: string;
  readonly in: string;
  readonly payload: string;
  readonly beside?: Readonly<Record<string, string>>;
  readonly pathType?: string;
  /** The operator allows snippets. */
  readonly snippets?: true;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly as?: string | readonly (string | number)[];
}

const read = (file: string): string => readFileSync(new URL(`../contract/security/${file}`, import.meta.url), 'utf8');

/** Every row of the security history of ingress-nginx, with a sentence. */
export const securityRows: Readonly<Record<string, string>> = parse(read('rows.yaml'));

/** Every attack. */
export const attacks: readonly Attack[] = parse(read('attacks.yaml'));

/** The key that an attack writes, where it is one of ours. */
const keyOf = (attack: Attack, place: 'annotation' | 'setting'): string | undefined =>
  attack.in.startsWith(`${place} `) ? attack.in.slice(place.length + 1) : undefined;

/** The ConfigMap of headers, where an attack writes a value, or a name. */
const headersOf = ({ in: place }: Attack, value: string | undefined): Partial<Wish> => {
  if (place === 'header') return { headers: { [value ?? 'X-Allowed']: 'v' } };
  return place.startsWith('header ') ? { headers: { [place.slice('header '.length)]: value } } : {};
};

const wishOf = (attack: Attack, value: string | undefined): Partial<Wish> => {
  const headers = headersOf(attack, value);
  const key = keyOf(attack, 'annotation');
  const named = 'headers' in headers ? { 'custom-headers': 'headers' } : {};
  const own = key === undefined || value === undefined ? {} : { [key]: value };
  const isField = !/^(annotation|setting|header)( |$)/.test(attack.in);
  return {
    annotations: prefixed({ ...named, ...attack.beside, ...own }),
    ...headers,
    ...(attack.pathType === undefined ? {} : { pathType: attack.pathType }),
    ...(isField ? { [attack.in]: value } : {}),
  };
};

/** The tenant that attacks, or that writes another value in the same place (nothing where there is none). */
export const attacker = (namespace: string, attack: Attack, value: string | undefined): readonly RawObject[] =>
  tenant(namespace, wishOf(attack, value));

const ALLOWING = { 'allow-snippet-annotations': 'true', 'annotations-risk-level': 'Critical' };

/** The ConfigMap of an installation under these attacks. */
export const settingsUnder = (attack: Attack, value: string | undefined): Readonly<Record<string, unknown>> => {
  const key = keyOf(attack, 'setting');
  return {
    'global-allowed-response-headers': 'X-Allowed',
    ...(attack.snippets === true ? ALLOWING : {}),
    ...(key === undefined || value === undefined ? {} : { [key]: value }),
  };
};

/** The cluster of an attacker, or of the same tenant with another value (nothing where there is none). */
export const stateUnder = (attack: Attack, value: string | undefined): ClusterState =>
  stateOfObjects([...installation(settingsUnder(attack, value)), ...attacker('m0', attack, value)]);

/** A directive around one argument of a kind. */
const carriers: Readonly<Record<string, (argument: string) => string>> = {
  address: (argument) => `proxy_bind ${argument};`,
  cidr: (argument) => `allow ${argument};`,
  comment: (text) => `etag on; # ${text}`,
  errorTarget: (argument) => `error_page 495 ${argument};`,
  file: (argument) => `auth_basic_user_file ${argument};`,
  keyword: (argument) => `proxy_http_version ${argument};`,
  locationPath: (argument) => `location ${argument} { }`,
  regex: (argument) => `if ($host ~ ${argument}) { }`,
  serverName: (argument) => `valid_referers ${argument};`,
};

/** What the encoder prints where no grammar has looked at the value; nothing where it refuses it. */
export const bypassed = ({ as }: Attack, value: string): string | undefined => {
  if (as === undefined) return undefined;
  if (typeof as === 'string') return unlessRefused(() => carriers[as]?.(encode(as as Kind, value as never).text));
  const [name, ...values] = as.map((word) => (word === '$' ? value : word));
  return unlessRefused(() => {
    const made = directive(name as DirectiveName, ...(values as unknown as [never]));
    return `${statementText(statement(made, name as DirectiveName))};`;
  });
};
