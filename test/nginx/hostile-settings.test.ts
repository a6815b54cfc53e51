import { describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { freePort } from '../support/free-port.ts';
import { installation, prefixed, stateOfObjects, tenant, type RawObject } from '../support/hostile-cluster.ts';
import { hostileSettings } from '../support/hostile-fields.ts';
import { hostileStrings } from '../support/hostile-strings.ts';
import { configText } from '../support/hostile-tree.ts';
import { testOptions } from '../support/plan-options.ts';
import { objectionsTo, withLayout } from '../support/replay-nginx.ts';

type Settings = Readonly<Record<string, unknown>>;

/** A test binds what it reads of, and only root may bind 80 and 443. */
const ports = { httpPort: await freePort(), httpsPort: await freePort() };

const stateWith = (settings: Settings, objects: readonly RawObject[] = tenant('m')): ClusterState =>
  stateOfObjects([...installation(settings), ...objects]);

/** What NGINX objects to where the ConfigMap of the installation holds these settings. */
const objections = (settings: Settings, objects?: readonly RawObject[]): Promise<readonly string[]> =>
  withLayout((layout) => {
    const state = stateWith(settings, objects);
    return objectionsTo(layout, plan(state, testOptions(ports, { layout, accessLog: 'off' })), state);
  });

const options = testOptions(ports, { accessLog: 'off' });

const planOf = (settings: Settings): Plan => plan(stateWith(settings), options);

/** A log takes almost any text, so their lines are tested together, and so are the items of lists of anything. */
const LOG_FORMAT = 'log-format-upstream';
const LISTS = ['block-user-agents', 'block-referers', 'skip-access-log-urls'];

const free = {
  ...Object.fromEntries([LOG_FORMAT, ...LISTS].map((key) => [key, ''])),
  'allow-global-snippets': 'true',
};
const withoutFree = (text: string): Settings => ({ ...hostileSettings(text), ...free });

/** Of texts that make the same configuration, because every key refuses them, one is enough. */
const differing = (texts: readonly string[]): readonly string[] => [
  ...new Map(texts.map((text) => [planOf(withoutFree(text)).generation.digest, text])).values(),
];

const logLine = (planned: Plan): string => / *log_format upstreaminfo .*;\n/.exec(configText(planned))?.[0] ?? '';

describe('NGINX takes without a warning', () => {
  it('every hostile text under every key of the ConfigMap', async () => {
    const refused = [];
    for (const text of differing(hostileStrings)) {
      const found = await objections(withoutFree(text));
      if (found.length > 0) refused.push({ text, found });
    }
    expect(refused).toEqual([]);
  });

  it.each(LISTS)('every hostile text that may stand in %s, all in one list', async (key) => {
    const isTaken = (text: string): boolean =>
      planOf({ [key]: text }).problems.every(({ code }) => !code.startsWith('Invalid'));
    const taken = hostileStrings.filter((text) => text !== '' && isTaken(text));
    expect(taken.length).toBeGreaterThan(50);
    expect(await objections({ [key]: taken.join(',') })).toEqual([]);
  });

  it('every hostile text as the format of the log', async () => {
    const lines = [...new Set(hostileStrings.map((text) => logLine(planOf({ [LOG_FORMAT]: text }))))];
    expect(lines.length).toBeGreaterThan(100);
    const named = lines.map((line, index) => line.replace('upstreaminfo', `format${index}`));
    await withLayout(async (layout) => {
      const planned = plan(stateWith({}), testOptions(ports, { layout, accessLog: 'off' }));
      const files = planned.generation.files.map((file) => ({
        ...file,
        text: file.text.replace(logLine(planned), (own) => [own, ...named].join('')),
      }));
      const all = { ...planned, generation: { ...planned.generation, files } };
      expect(configText(all)).toContain(`format${lines.length - 1} `);
      expect(await objectionsTo(layout, all, stateWith({}))).toEqual([]);
    });
  });

  const headers = (data: Settings): RawObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'ingress-nginx', name: 'headers' },
    data,
  });
  it.each(['add-headers', 'proxy-set-headers'])(
    'every hostile text as the name and as the value of a header in the ConfigMap that %s names',
    async (key) => {
      const values = hostileStrings.map((text, index) => [`X-${index}`, text] as const);
      const names = hostileStrings.map((text) => [text, 'v'] as const);
      const longest = [['x'.repeat(100), 'v'.repeat(1900)]] as const;
      const named = headers(Object.fromEntries([...values, ...names, ...longest]));
      const settings = { [key]: 'ingress-nginx/headers' };
      const { problems } = plan(stateWith(settings, [named]), options);
      const refused = problems.filter(({ code }) => code === 'InvalidConfigMap').length;
      expect(refused).toBeGreaterThan(30);
      expect(refused).toBeLessThan(values.length);
      expect(await objections(settings, [...tenant('m'), named])).toEqual([]);
    },
  );

  const trusting = { 'use-forwarded-headers': 'true', 'compute-full-forwarded-for': 'true', 'enable-real-ip': 'true' };
  it.each<readonly [string, Settings]>([
    ['whoever is trusted', trusting],
    ['everybody and somebody', { ...trusting, 'proxy-real-ip-cidr': '0.0.0.0/0,::/0,10.0.0.0/8,::1' }],
    ['one address in two spellings', { ...trusting, 'proxy-real-ip-cidr': '10.0.0.1,10.0.0.1/32,::1,0:0::1/128' }],
    ['nobody', { ...trusting, 'proxy-real-ip-cidr': '255.255.255.255' }],
    ['whoever is trusted, behind load balancers', { ...trusting, 'use-proxy-protocol': 'true' }],
    ['load balancers', { 'use-proxy-protocol': 'true', 'proxy-real-ip-cidr': '0.0.0.0/0,::/0,10.0.0.0/8' }],
    ['a header with a long name', { ...trusting, 'forwarded-for-header': `X-${'a'.repeat(62)}` }],
    ['one protocol twice', { 'ssl-protocols': 'TLSv1.2 TLSv1.3  TLSv1.2' }],
    [
      'groups by each of their names',
      { 'ssl-ecdh-curve': 'x25519:X448:P-256:prime256v1:secp384r1:P-384:P-521:secp521r1' },
    ],
    [
      'the smallest sizes of TLS',
      {
        'ssl-session-cache-size': '512k',
        'ssl-session-timeout': '1',
        'ssl-buffer-size': '512',
        'ssl-early-data': 'true',
      },
    ],
    [
      'the largest sizes of TLS',
      { 'ssl-session-cache-size': '1g', 'ssl-session-timeout': '2000000', 'ssl-buffer-size': '1m' },
    ],
    ['HTTP/3', { 'enable-http3': 'true' }],
    [
      'HTTP/3 and what forbids it',
      { 'enable-http3': 'true', 'ssl-protocols': 'TLSv1.2', 'use-proxy-protocol': 'true' },
    ],
    ['old protocols', { 'ssl-protocols': 'TLSv1 TLSv1.1' }],
    [
      'the largest numbers',
      { 'hsts-max-age': '4000000000', 'proxy-read-timeout': '2000000', 'proxy-body-size': '1000000g' },
    ],
  ])('%s', async (_, settings) => {
    expect(await objections(settings)).toEqual([]);
  });

  const sizes = [undefined, '1k', '16m'];
  const numbers = [undefined, '2', '1024'];
  const limits = [
    {},
    { 'proxy-busy-buffers-size': '1k', 'proxy-max-temp-file-size': '1' },
    { 'proxy-busy-buffers-size': '16g', 'proxy-max-temp-file-size': '0' },
  ];
  const buffers = sizes.flatMap((size) =>
    numbers.flatMap((number) => limits.map((limit) => ({ size, number, limit }))),
  );
  const written = ({ size, number, limit }: (typeof buffers)[number]): Settings => ({
    ...(size === undefined ? {} : { 'proxy-buffer-size': size }),
    ...(number === undefined ? {} : { 'proxy-buffers-number': number }),
    ...limit,
  });

  it.each(buffers)(
    'any buffers of a tenant beside $number of $size in the ConfigMap, limited by $limit',
    async (global) => {
      const tenants = buffers.flatMap((own, index) => tenant(`m${index}`, { annotations: prefixed(written(own)) }));
      expect(await objections(written(global), tenants)).toEqual([]);
    },
  );
});
