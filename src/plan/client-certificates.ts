import { asksClients, clientAuthorities, demandText } from '../annotations/client-certificates.ts';
import type { References } from '../annotations/references.ts';
import type { Site } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';
import type { RouteSettings } from './sites.ts';

/** Who decides which certificates the clients of a host must show. */
export interface HostClients {
  /** The oldest Ingress with authorities that can be used; absent where there is none. */
  readonly owner?: ObjectRef;
  /** Ingresses whose protection the host cannot give. */
  readonly closed: ReadonlySet<ObjectRef>;
  readonly problems: readonly Pick<Problem, 'code' | 'subject' | 'expected' | 'consequence'>[];
}

type ClientSettings = RouteSettings['values']['client-certificates'];

interface Member {
  readonly origin: ObjectRef;
  readonly namespace: string;
  readonly settings: ClientSettings;
}

const NOBODY: HostClients = { closed: new Set(), problems: [] };

const membersOf = (site: Site<RouteSettings>): readonly Member[] => {
  const byOrigin = new Map(site.routes.map(({ origin, settings }) => [origin, settings.values['client-certificates']]));
  return site.origins.flatMap((origin) => {
    const settings = byOrigin.get(origin);
    return settings === undefined ? [] : [{ origin, namespace: refParts(origin).namespace, settings }];
  });
};

const nameOf = ({ origin }: Member): string => `${refParts(origin).namespace}/${refParts(origin).name}`;

const problem = (
  code: 'ClientCertificateConflict' | 'ClientCertificateShared',
  { origin }: Member,
  text: Pick<Problem, 'expected' | 'consequence'>,
): HostClients['problems'][number] => ({ code, subject: origin, ...text });

/**
 * Ingresses of one namespace protect their host together: who relied on a Secret is not opened when it breaks, nor to
 * those whom another namespace trusts.
 */
const relying = (members: readonly Member[], failed: readonly Member[]): ReadonlyMap<Member, Member> =>
  new Map(
    members
      .filter(({ settings }) => !asksClients(settings))
      .flatMap((member) => {
        const on = failed.find(({ namespace }) => namespace === member.namespace);
        return on === undefined ? [] : [[member, on] as const];
      }),
  );

const sharing = (owner: Member, members: readonly Member[]): HostClients['problems'] =>
  members.every(({ namespace }) => namespace === owner.namespace)
    ? []
    : [
        problem('ClientCertificateShared', owner, {
          expected: 'a host that no other namespace uses',
          consequence: 'clients need its certificates for all routes of the host',
        }),
      ];

/**
 * Decides whose authorities a host has; `closing` says what becomes of those that would get fewer checks than they
 * asked for.
 */
export const hostClients = (
  site: Site<RouteSettings>,
  references: (namespace: string) => References,
  closing: string,
): HostClients => {
  const consequence = `on this host ${closing}`;
  const asks = ({ settings: { values } }: Site<RouteSettings>['routes'][number]): boolean =>
    asksClients(values['client-certificates']);
  if (!site.routes.some(asks)) return NOBODY;
  const members = membersOf(site);
  const asking = members.filter(({ settings }) => asksClients(settings));
  const isUsable = ({ settings, namespace }: Member): boolean =>
    clientAuthorities(settings, references(namespace)) !== undefined;
  const broken = asking.filter((member) => !isUsable(member));
  const [owner, ...others] = asking.filter(isUsable);
  const refused =
    owner === undefined ? [] : others.filter((one) => demandText(one.settings) !== demandText(owner.settings));
  const foreign = refused.filter(({ namespace }) => namespace !== owner?.namespace);
  const left = relying(members, [...broken, ...foreign]);
  const closed = [...broken, ...refused, ...left.keys()].map(({ origin }) => origin);
  return {
    ...(owner === undefined ? {} : { owner: owner.origin }),
    closed: new Set(closed),
    problems: [
      ...refused.map((one) => {
        const expected = `the auth-tls annotations of ${owner === undefined ? '' : nameOf(owner)}, which hold for the host`;
        return problem('ClientCertificateConflict', one, { expected, consequence });
      }),
      ...[...left].map(([one, on]) => {
        const expected = `auth-tls annotations of ${nameOf(on)} that can be used, because they are to hold for the host`;
        return problem('ClientCertificateConflict', one, { expected, consequence });
      }),
      ...(owner === undefined ? [] : sharing(owner, members)),
    ],
  };
};

/** The site as its host asks its clients: who asks for nothing itself has the settings of the owner. */
export const askingClients = (site: Site<RouteSettings>, { owner }: HostClients): Site<RouteSettings> => {
  const settings = site.routes.find(({ origin }) => origin === owner)?.settings.values['client-certificates'];
  if (owner === undefined || settings === undefined) return site;
  return {
    ...site,
    routes: site.routes.map((route) => {
      const { values, written } = route.settings;
      if (asksClients(values['client-certificates'])) return route;
      return { ...route, settings: { values: { ...values, 'client-certificates': settings }, written } };
    }),
  };
};
