import type { ApiObject } from './api-writer.ts';

/** Numbers from a seed: whole ones from 0 up to a limit that is not reached. */
export type Dice = (limit: number) => number;

/** The same numbers for the same seed (mulberry32). */
export const diceOf = (seed: number): Dice => {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
};

/** What a writer does next. */
export interface RandomChange {
  readonly verb: 'put' | 'remove';
  readonly object: ApiObject;
}

/** What objects are made of. */
export interface RandomParts {
  /** Where the stand-ins for all Pods listen. */
  readonly podPort: number;
  /** Key pairs to choose from. */
  readonly pairs: readonly { readonly cert: string; readonly key: string }[];
}

const EACH = 8;
const namespace = 'default';
const PREFIX = 'nginx.ingress.kubernetes.io';

const ingress = (index: number, dice: Dice): ApiObject => {
  const isProtected = dice(3) === 0;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: `web-${index}`,
      namespace,
      annotations: {
        [`${PREFIX}/ssl-redirect`]: 'false',
        [`${PREFIX}/proxy-read-timeout`]: ['30', '45', 'soon'][dice(3)],
        // A merge forgets what is null, which is how an edit takes an annotation away.
        [`${PREFIX}/auth-type`]: isProtected ? 'basic' : null,
        [`${PREFIX}/auth-secret`]: isProtected ? `users-${dice(EACH)}` : null,
      },
    },
    spec: {
      ingressClassName: 'nginx',
      tls: dice(2) === 0 ? [{ hosts: [`web-${index}.test`], secretName: `pair-${dice(EACH)}` }] : null,
      rules: [
        {
          host: `web-${index}.test`,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: `app-${dice(EACH)}`, port: { number: 80 } } },
              },
            ],
          },
        },
      ],
    },
  };
};

const service = (index: number): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: `app-${index}`, namespace },
  spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
});

const slice = (index: number, dice: Dice, podPort: number): ApiObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `app-${index}`, namespace, labels: { 'kubernetes.io/service-name': `app-${index}` } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: podPort, protocol: 'TCP' }],
  endpoints: Array.from({ length: dice(4) }, () => ({
    addresses: [`10.245.${dice(250)}.${1 + dice(250)}`],
    conditions: { ready: true },
  })),
});

const users = (index: number, dice: Dice): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `users-${index}`, namespace },
  stringData: { auth: `user-${dice(1000)}:$apr1$abcdefgh$0123456789012345678901\n` },
});

const pair = (index: number, dice: Dice, pairs: RandomParts['pairs']): ApiObject => {
  const { cert = '', key = '' } = pairs[dice(pairs.length)] ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `pair-${index}`, namespace },
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
};

const settings = (dice: Dice): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace },
  data: { 'proxy-connect-timeout': ['5', '7', '9', 'never'][dice(4)] },
});

/** Any change to a small cluster, so that most objects are named by others, and often missing. */
export const randomChange = (dice: Dice, { podPort, pairs }: RandomParts): RandomChange => {
  const index = dice(EACH);
  const makers = [
    () => ingress(index, dice),
    () => ingress(index, dice),
    () => service(index),
    () => slice(index, dice, podPort),
    () => slice(index, dice, podPort),
    () => users(index, dice),
    () => pair(index, dice, pairs),
    () => settings(dice),
  ];
  const object = (makers[dice(makers.length)] ?? (() => settings(dice)))();
  return { verb: dice(4) === 0 ? 'remove' : 'put', object };
};
