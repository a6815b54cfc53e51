import { withoutEffect } from '../../../src/annotations/without-effect.ts';
import { allowedAddresses } from '../../../src/agent/dns/allowed-addresses.ts';
import { isOlder, OLDEST_NGINX } from '../../../src/agent/nginx-binary.ts';
import type { Family, KeySpec } from '../../../src/annotations/define.ts';
import { families } from '../../../src/annotations/index.ts';
import { controllerCommand } from '../../../src/cli/controller.ts';
import { directive } from '../../../src/nginx/directive.ts';
import type { ConfigNode } from '../../../src/nginx/lexer.ts';
import { plan, type Plan } from '../../../src/plan/plan.ts';
import type { Result } from '../../../src/values/result.ts';
import { unlessRefused } from '../../support/encoder-meanings.ts';
import {
  encoded,
  installation,
  prefixed,
  stateOfObjects,
  tenant,
  type RawObject,
} from '../../support/hostile-cluster.ts';
import { unsound } from '../../support/hostile-laws.ts';
import { configText, directivesOfPlan, everyDirective } from '../../support/hostile-tree.ts';
import { testOptions } from '../../support/plan-options.ts';

/** What holds whatever is written, where one hostile value does not show it. */
export interface Law {
  readonly row: string;
  readonly says: string;
  /** Where it does not hold. */
  readonly exceptions: () => readonly string[];
}

const planOf = (objects: readonly RawObject[], settings: Readonly<Record<string, unknown>> = {}): Plan =>
  plan(stateOfObjects([...installation(settings), ...objects]), testOptions());

const withAnnotations = (namespace: string, annotations: Readonly<Record<string, unknown>>): readonly RawObject[] =>
  tenant(namespace, { annotations: prefixed(annotations) });

const unless = (holds: boolean, exception: string): readonly string[] => (holds ? [] : [exception]);

/** Directives of one name anywhere, each as a line. */
const linesOf = (planned: Plan, name: string): readonly string[] =>
  everyDirective(directivesOfPlan(planned))
    .filter((node) => node.name === name)
    .map(({ args }) => args.join(' '));

const codesOf = ({ problems }: Plan): readonly string[] => problems.map(({ code }) => code);

const basic = { 'auth-type': 'basic' };

const secret = (namespace: string, name: string): RawObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name },
  data: encoded({ auth: `user:of-${namespace}/${name}\n` }),
});

const filesOfTwins = (): readonly string[] => {
  const twins = planOf([
    ...withAnnotations('a-b', { ...basic, 'auth-secret': 'c' }),
    secret('a-b', 'c'),
    ...withAnnotations('a', { ...basic, 'auth-secret': 'b-c' }),
    secret('a', 'b-c'),
  ]);
  const files = new Set(linesOf(twins, 'auth_basic_user_file'));
  return [
    ...unless(files.size === 2, `${files.size} files`),
    ...[...files].filter((file) => !/^\/run\/portico\/desired\/files\/[0-9a-f]{64}$/.test(file)),
  ];
};

const withUid = (uid: string): readonly RawObject[] =>
  tenant('m0').map((object) => {
    const metadata = object['metadata'] as RawObject;
    return { ...object, metadata: { ...metadata, uid } };
  });

const uidsThatCount = (): readonly string[] => {
  const usual = configText(planOf(withUid('00000000-0000-4000-8000-000000000000')));
  const hostile = ['../../etc/passwd', 'x";} alias "/etc', 'x\n} ssl_engine x; #'];
  return hostile.filter((uid) => configText(planOf(withUid(uid))) !== usual);
};

/**
 * Whoever adds a webhook shows what it does with reviews of anybody, and with large ones. Flags that are accepted without
 * an effect are not in the help.
 */
const webhookFlags = (): readonly string[] =>
  controllerCommand(() => undefined)
    .options.filter(({ hidden }) => !hidden)
    .map(({ long }) => long ?? '')
    .filter((flag) => flag.includes('webhook'))
    .map((flag) => `${flag} exists now: show in laws.ts that the webhook neither starts NGINX nor reads without limit`);

const registry: readonly Family[] = families;
const specs = registry.flatMap((family) => Object.entries(family.keys)) as readonly (readonly [string, KeySpec])[];

const surroundings = [';} proxy_pass http://169.254.169.254; #', '\nalias /etc/;', '"; alias "/etc', ' { root /; }'];

/** A list may leave out its bad items, and say so. */
const saysMore = (parsed: Result<unknown>): boolean =>
  parsed.ok &&
  /;|alias|root|proxy_pass/.test(
    JSON.stringify(parsed.value, (key, value: unknown) => (key === 'refused' ? '' : value)),
  );

/** Settings of the operator that may hold any text. */
const freeSettings = [
  'annotation-value-word-blocklist',
  'block-referers',
  'block-user-agents',
  'gzip-disable',
  'log-format-stream',
  'log-format-upstream',
  'skip-access-log-urls',
];
/** Other laws show that what is printed of these stays one word; the last are read and nothing comes of them. */
const anyText: ReadonlySet<string> = new Set([
  'auth-tls-match-cn',
  'canary-by-header-pattern',
  ...freeSettings,
  ...Object.keys(withoutEffect.keys),
]);

const strangeSettings = (): readonly string[] =>
  freeSettings.flatMap((key) => surroundings.flatMap((text) => unsound(planOf([], { [key]: `a${text},~b${text}` }))));

const canaryWith = (pattern: string): readonly RawObject[] =>
  tenant('m0', {
    ingressName: 'canary',
    serviceName: 'canary',
    service: 'canary',
    annotations: prefixed({ canary: 'true', 'canary-by-header': 'X', 'canary-by-header-pattern': pattern }),
  }).filter(({ kind }) => kind === 'Ingress' || kind === 'Service');

const strangePatterns = (objects: (pattern: string) => readonly RawObject[]): readonly string[] =>
  surroundings
    .filter((text) => !text.includes('\n'))
    .flatMap((text) => {
      const planned = planOf(objects(`CN=a${text}`));
      const shown = everyDirective(directivesOfPlan(planned)).flatMap(({ children = [] }) => children);
      return [
        ...unsound(planned),
        ...unless(
          shown.some(({ name }) => name.includes(`CN=a${text}`)),
          `no word is CN=a${text}`,
        ),
      ];
    });

const clientsOf = (pattern: string): readonly RawObject[] =>
  tenant('m0', { annotations: prefixed({ 'auth-tls-secret': 'm0/users', 'auth-tls-match-cn': pattern }) });

/** A value that says more than a good one does, and whose words are all that a good one has. */
const grammarsThatSearch = (): readonly string[] =>
  specs
    .filter(([key]) => !anyText.has(key))
    .flatMap(([key, { type }]) =>
      type.examples.flatMap((example) =>
        surroundings
          .flatMap((text) => [`${example}${text}`, `${text.trimStart()} ${example}`])
          .filter((text) => saysMore(type.parse(text)))
          .map((text) => `${key} takes ${JSON.stringify(text)}`),
      ),
    );

const paths = ['/(a)((b)c)', '/x?(.*)', '/a/(.*)/b/([^?]*)', '/'];
const targets = ['/$1', '/$1$2$3', '/y', 'https://x.example/y', '/$3/$2', '/?$1', '/y?a=$1'];

/** Fixed text of the templates; in its server nothing is rewritten after it. */
const ENCODER = '^/%(.*)\\z /?$1 last';

const rewritesOf = (): readonly string[] => {
  const tenants = paths.flatMap((path, i) =>
    targets.flatMap((target, j) =>
      tenant(`m${i}-${j}`, { path, annotations: prefixed({ 'rewrite-target': target, 'x-forwarded-prefix': '/$1' }) }),
    ),
  );
  return linesOf(planOf(tenants), 'rewrite').filter((line) => line !== ENCODER);
};

const dangerousRewrites = (): readonly string[] => {
  const rewrites = rewritesOf();
  const exceptions = rewrites.filter((line) => {
    const [, replacement = '', flag = ''] = / (\S*) (\S+)$/.exec(line) ?? [];
    return replacement.includes('?') || /\$\{?\d/.test(replacement) || flag !== 'break';
  });
  return [...exceptions, ...unless(rewrites.length >= 20, `only ${rewrites.length} rewrites`)];
};

const numberedGroups = (): readonly string[] =>
  rewritesOf().filter((line) =>
    line
      .replaceAll(/\\./g, '')
      .replace('(*LIMIT_MATCH=50000)(?i)', '')
      .match(/\((?!\?)/),
  );

/** Inherited pages for errors could answer in place of an authentication service. */
const pagesOfQuestions = (): readonly string[] => {
  const pages = { 'custom-http-errors': '401,403,500', 'default-backend': 'web' };
  const planned = planOf(withAnnotations('m0', { ...pages, 'auth-url': 'http://x.example/' }), {
    'custom-http-errors': '401,403,500',
  });
  const questions = everyDirective(directivesOfPlan(planned)).filter(
    ({ name, args }) => name === 'location' && args[1]?.startsWith('/_portico/auth/'),
  );
  const errors = questions.map(({ children = [] }) =>
    children.filter(({ name }) => /error/.test(name)).map(({ name, args }) => [name, ...args].join(' ')),
  );
  const alone = ['proxy_intercept_errors off', 'error_page 502 = @pt_unavailable'];
  return [
    ...unless(questions.length === 1, `${questions.length} questions`),
    ...errors.flat().filter((line) => !alone.includes(line)),
    ...errors.flatMap((lines) => alone.filter((line) => !lines.includes(line))),
  ];
};

/** First versions without the weakness. */
const fixedIn = { 'CVE-2026-42945': '1.30.1', 'CVE-2026-9256': '1.30.2', 'CVE-2026-1642': '1.28.2' } as const;

const tooOld = (version: string): readonly string[] =>
  unless(!isOlder(OLDEST_NGINX, version), `NGINX ${OLDEST_NGINX} is run and has it`);

const realmsThatAreOff = (): readonly string[] =>
  ['off'].filter((realm) => unlessRefused(() => directive('auth_basic', realm)) !== undefined);

const corsOf = (origins: string): Plan =>
  planOf(withAnnotations('m0', { 'enable-cors': 'true', 'cors-allow-origin': origins }));

const invalidOrigins = (): readonly string[] =>
  ['no origin', 'https://x.example;', '""', 'javascript', '\n'].filter((origins) =>
    configText(corsOf(origins)).includes('Access-Control'),
  );

const missingOriginLines = (): readonly string[] => {
  const text = configText(corsOf('https://*.shop.example,null,http://a.example:8080'));
  const lines = [
    String.raw`"~(?i)^https://[a-z0-9-]+\\.shop\\.example\\z" "`,
    String.raw`"\\null" "`,
    String.raw`"\\http://a.example:8080" "`,
  ];
  return lines.filter((line) => !text.includes(line));
};

const everybodyIsTrusted = (): readonly string[] => {
  const believing = planOf([], { 'use-forwarded-headers': 'true' });
  return [
    ...linesOf(planOf([]), 'set_real_ip_from'),
    ...unless(codesOf(believing).includes('RiskySetting'), 'nobody is warned'),
  ];
};

/** What comes before a password is an answer of NGINX itself. */
const openBackends = (): readonly string[] =>
  [
    { 'enable-cors': 'true' },
    { 'permanent-redirect': 'https://x.example' },
    { 'app-root': '/y' },
    { 'force-ssl-redirect': 'true' },
    { 'from-to-www-redirect': 'true' },
  ].flatMap((annotations) => {
    const planned = planOf(withAnnotations('m0', { ...basic, 'auth-secret': 'users', ...annotations }));
    const passing = everyDirective(directivesOfPlan(planned)).filter(({ children = [] }) =>
      children.some(({ name, args }) => name === 'proxy_pass' && args[0]?.startsWith('http://u') === true),
    );
    const open = passing.filter(({ children = [] }) => !children.some(({ name }) => name === 'auth_basic_user_file'));
    return [...open.map(({ args }) => args.join(' ')), ...unless(passing.length > 0, 'no route passes requests on')];
  });

const otherVendors = (): readonly string[] => {
  const planned = planOf(tenant('m0', { annotations: { 'example.com/server-snippet': 'alias /;' } }));
  const usual = planOf(tenant('m0'));
  return [
    ...codesOf(planned).filter((code) => !codesOf(usual).includes(code)),
    ...unless(configText(planned) === configText(usual), 'it changes something'),
  ];
};

/** A tenant of a host that two have. */
const shares = (namespace: 'old' | 'young', path: string, annotations: RawObject = {}): readonly RawObject[] =>
  tenant(namespace, {
    host: 'shared.example',
    path,
    annotations: prefixed(annotations),
    createdAt: namespace === 'old' ? '2026-01-01T00:00:00Z' : '2026-02-01T00:00:00Z',
  });

const bodyText = ({ children = [] }: ConfigNode): string =>
  children.map((node) => `${node.name} ${node.args.join(' ')};${bodyText(node)}`).join('\n');

/** The body of a location of the shared host. */
const bodyAt = (planned: Plan, path: string): string | undefined => {
  const server = everyDirective(directivesOfPlan(planned)).find(({ children = [] }) =>
    children.some(({ name, args }) => name === 'server_name' && args[0] === 'shared.example'),
  );
  const found = server?.children?.find(({ name, args }) => name === 'location' && args.at(-1) === path);
  return found === undefined ? undefined : bodyText(found);
};

const CLOSED_OF_YOUNG = /^set \$proxy_upstream_name closed:young\/[a-z0-9-]+;\nreturn 503;$/;

const closedWithANeighbour = (): readonly string[] => {
  const usual = bodyAt(planOf([...shares('old', '/old'), ...shares('young', '/young')]), '/old/');
  const broken = [{ 'auth-tls-secret': 'missing' }, { ...basic, 'auth-secret': 'missing' }, { 'auth-type': '' }];
  return broken.flatMap((annotations) => {
    const planned = planOf([...shares('old', '/old'), ...shares('young', '/young', annotations)]);
    const holds =
      usual !== undefined &&
      bodyAt(planned, '/old/') === usual &&
      CLOSED_OF_YOUNG.test(bodyAt(planned, '/young/') ?? '');
    return unless(holds, JSON.stringify(annotations));
  });
};

const sharedRegexMode = (): readonly string[] => {
  const planned = planOf([...shares('old', '/old'), ...shares('young', '/young(.*)', { 'rewrite-target': '/$1' })]);
  return unless(codesOf(planned).includes('RegexModeShared'), 'nobody is warned');
};

const takenPaths = (): readonly string[] => {
  const planned = planOf([...shares('young', '/p'), ...shares('old', '/p')]);
  return [
    ...unless(codesOf(planned).includes('HostPathConflict'), 'nobody is told'),
    ...unless(bodyAt(planned, '/p/')?.includes('old-web-80') === true, 'the younger tenant has the path'),
  ];
};

/** NGINX asks the agent for every name, and the agent drops the addresses of this machine. */
const metadataServers = (): readonly string[] =>
  ['127.0.0.1', '169.254.169.254', 'metadata.example'].filter((externalName) =>
    linesOf(planOf(tenant('m0', { externalName })), 'server').some((line) => line.includes(externalName)),
  );

const machine = ['127.0.0.1', '127.9.9.9', '169.254.169.254', '::1', 'fe80::1', '0.0.0.0', '224.0.0.1', '10.244.0.9'];

const replaced = (): readonly string[] =>
  ['1.27.1', '1.29.9', '1.30.0', '1.30.5'].filter((version) => !isOlder(version, OLDEST_NGINX));

/** Every law. */
export const laws: readonly Law[] = [
  { row: 'CVE-2020-8553', says: 'two Secrets have two files, named by their content', exceptions: filesOfTwins },
  { row: 'CVE-2025-24513', says: 'no UID changes a byte', exceptions: uidsThatCount },
  { row: 'CVE-2025-1098', says: 'no UID changes a byte', exceptions: uidsThatCount },
  { row: 'CVE-2025-1974', says: 'there is no webhook yet', exceptions: webhookFlags },
  { row: 'CVE-2026-24514', says: 'there is no webhook yet', exceptions: webhookFlags },
  { row: 'CVE-2026-1580', says: 'every grammar reads the whole value', exceptions: grammarsThatSearch },
  {
    row: 'CVE-2025-1097',
    says: 'the pattern of a canary stays one word',
    exceptions: () => strangePatterns((pattern) => [...tenant('m0'), ...canaryWith(pattern)]),
  },
  {
    row: 'CVE-2025-1097',
    says: 'the pattern of a certificate name stays one word',
    exceptions: () => strangePatterns(clientsOf),
  },
  { row: 'CVE-2025-15566', says: 'free text of the operator stays one word', exceptions: strangeSettings },
  { row: 'CVE-2026-42945', says: 'no rewrite has a question mark or redirects', exceptions: dangerousRewrites },
  { row: 'CVE-2026-42945', says: 'no rewrite has a numbered group', exceptions: numberedGroups },
  { row: 'CVE-2026-9256', says: 'no rewrite has a question mark or redirects', exceptions: dangerousRewrites },
  { row: 'CVE-2026-24513', says: 'no page for errors answers an auth_request', exceptions: pagesOfQuestions },
  ...Object.entries(fixedIn).map(([row, version]) => ({
    row,
    says: `an NGINX before ${version} is not run`,
    exceptions: () => tooOld(version),
  })),
  { row: 'CVE-2023-44487', says: 'an NGINX of a release that is no longer built is not run', exceptions: replaced },
  { row: 'F4', says: 'the encoder prints no realm that is called off', exceptions: realmsThatAreOff },
  { row: 'F7', says: 'an invalid origin allows nobody', exceptions: invalidOrigins },
  { row: 'F9', says: 'a route that cannot be protected is closed alone', exceptions: closedWithANeighbour },
  { row: 'F10', says: 'who changes how all paths of a host are matched is told', exceptions: sharedRegexMode },
  {
    row: 'F13',
    says: 'nobody is believed by default, and believing everybody is told',
    exceptions: everybodyIsTrusted,
  },
  { row: 'F14', says: 'a route with a password passes no request on without it', exceptions: openBackends },
  { row: 'F15', says: 'origins are compared as a whole', exceptions: missingOriginLines },
  { row: 'F16', says: 'annotations of others are left alone', exceptions: otherVendors },
  {
    row: 'F19',
    says: 'no name leads to this machine or its link',
    exceptions: () => allowedAddresses(machine, ['10.244.0.9']),
  },
  { row: 'F19', says: 'NGINX gets no name or address of a Service', exceptions: metadataServers },
  { row: 'F20', says: 'a path that an older Ingress has stays there', exceptions: takenPaths },
];
