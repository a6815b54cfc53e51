import { certificateCovers } from '../cluster/certificate.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Ingress, IngressTls } from '../cluster/resources.ts';
import type { Site, SiteCertificate } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import { objectRef, type ObjectRef } from '../values/object-ref.ts';

const DEFAULT: SiteCertificate = { kind: 'default' };
const FALLBACK = 'serving the default certificate';

const namesHost = (item: IngressTls, host: string): boolean => item.hosts.some((one) => one.toLowerCase() === host);

const covers = (
  item: IngressTls,
  ingress: Ingress,
  context: { readonly state: ClusterState; readonly host: string },
): boolean => {
  const pair = context.state.secrets.get(objectRef('Secret', ingress.namespace, item.secretName))?.keyPair;
  return pair?.valid === true && certificateCovers(pair.names, context.host);
};

/** The certificate that one `tls` item gives a host, and what is wrong with it. */
const itemCertificate = (
  ingress: Ingress,
  index: number,
  context: { readonly state: ClusterState; readonly host: string },
): { readonly certificate: SiteCertificate; readonly problems: readonly Problem[] } => {
  const name = ingress.tls[index]?.secretName ?? '';
  if (name === '') return { certificate: DEFAULT, problems: [] };
  const ref = objectRef('Secret', ingress.namespace, name);
  const facts = {
    subject: ingress.ref,
    field: ['spec', 'tls', index, 'secretName'],
    received: `${ingress.namespace}/${name}`,
  };
  const secret = context.state.secrets.get(ref);
  if (secret === undefined) {
    const problem: Problem = {
      ...facts,
      code: 'SecretNotFound',
      expected: 'an existing Secret',
      consequence: FALLBACK,
    };
    return { certificate: DEFAULT, problems: [problem] };
  }
  const pair = secret.keyPair;
  if (!pair.valid) {
    const consequence = 'serving the last certificate that this Secret held, else the default one';
    return {
      certificate: { kind: 'secret', secret: ref },
      problems: [{ ...facts, code: 'InvalidSecret', expected: pair.reason, consequence }],
    };
  }
  if (!certificateCovers(pair.names, context.host)) {
    const expected = `a certificate that is valid for ${context.host}`;
    return {
      certificate: DEFAULT,
      problems: [{ ...facts, code: 'CertificateMismatch', expected, consequence: FALLBACK }],
    };
  }
  return { certificate: { kind: 'secret', secret: ref }, problems: [] };
};

/**
 * The certificate of a host: the oldest of its Ingresses with a `tls` section decides, by the item that names the host,
 * else by the first item whose certificate is valid for it.
 */
export const siteCertificate = (
  host: string,
  members: readonly Ingress[],
  state: ClusterState,
): { readonly certificate: SiteCertificate; readonly problems: readonly Problem[] } => {
  const decides = members.find((ingress) => ingress.tls.length > 0);
  if (host === '' || decides === undefined) return { certificate: { kind: 'none' }, problems: [] };
  const context = { state, host };
  const named = decides.tls.findIndex((item) => namesHost(item, host));
  const index = named === -1 ? decides.tls.findIndex((item) => covers(item, decides, context)) : named;
  if (index === -1) return { certificate: DEFAULT, problems: [] };
  return itemCertificate(decides, index, context);
};

/** The certificate of a host that no rule names: one that is valid for it, or none. */
export const furtherCertificate = (host: string, members: readonly Ingress[], state: ClusterState): SiteCertificate => {
  const { certificate } = siteCertificate(host, members, state);
  return certificate.kind === 'secret' ? certificate : { kind: 'none' };
};

/** The Secrets whose certificates are shown, that of the installation among them, each once and in order. */
export const shownSecrets = (
  sites: readonly Pick<Site<unknown>, 'certificate'>[],
  ofInstallation: ObjectRef | undefined,
): readonly ObjectRef[] => {
  const named = sites.flatMap(({ certificate }) => (certificate.kind === 'secret' ? [certificate.secret] : []));
  return [...new Set([...named, ...(ofInstallation === undefined ? [] : [ofInstallation])])].toSorted();
};
