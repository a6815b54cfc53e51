import type { PlanFlags } from '../../src/cli/flags.ts';
import type { ApiObject } from '../support/api-writer.ts';
import { makeCertificate } from '../support/certificates.ts';
import { compareSteps, type Difference } from './compare.ts';
import { missingFor } from './coverage.ts';
import { compareExpected } from './expected.ts';
import { caseNames, ownNames, readCase, readOwn, readRecording, type Case, type RecordedStep } from './recording.ts';
import { SETTINGS, TCP_SERVICES } from './world.ts';

/** Cases that one Portico is asked, and how they are judged. */
export interface Scene {
  /** What a report calls its expectations. */
  readonly source: string;
  readonly names: readonly string[];
  readonly flags: Partial<PlanFlags>;
  /** What is in the cluster besides. */
  readonly objects: () => Promise<readonly ApiObject[]>;
  readonly read: (name: string) => Case;
  readonly missing: (one: Case) => readonly string[];
  readonly compare: (one: Case, came: readonly RecordedStep[]) => readonly Difference[];
}

const flags = {
  configmap: `${SETTINGS.namespace}/${SETTINGS.name}`,
  tcpServicesConfigmap: TCP_SERVICES,
};

const recorded: Scene = {
  source: 'recorded',
  names: caseNames(),
  flags,
  objects: () => Promise.resolve([]),
  read: readCase,
  missing: missingFor,
  compare: ({ name }, came) => compareSteps(readRecording(name), came),
};

const DEFAULT_CERTIFICATE = { namespace: SETTINGS.namespace, name: 'default-certificate' } as const;

/** Keys never lie in files. */
const defaultCertificate = async (): Promise<ApiObject> => {
  const { cert, key } = await makeCertificate({ names: ['default.test'] });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: DEFAULT_CERTIFICATE,
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
};

/** The namespace of most cases; no other one has the label. */
const servedNamespace: ApiObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'probe', labels: { served: 'yes' } },
};

const own: Scene = {
  source: 'of our own, from the behaviour of its code',
  names: ownNames(),
  flags: {
    ...flags,
    udpServicesConfigmap: `${SETTINGS.namespace}/udp-services`,
    enableSslPassthrough: true,
    defaultSslCertificate: `${DEFAULT_CERTIFICATE.namespace}/${DEFAULT_CERTIFICATE.name}`,
    defaultBackendService: 'probe/errors',
    watchNamespaceSelector: 'served=yes',
  },
  objects: async () => [servedNamespace, await defaultCertificate()],
  read: readOwn,
  missing: () => [],
  compare: compareExpected,
};

/** All cases, in the order in which they are played. */
export const scenes: readonly Scene[] = [recorded, own];
