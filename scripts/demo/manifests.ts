import { generateKeyPairSync } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { issueCertificate } from '../../src/cli/issue-certificate.ts';
import type { Echo } from '../../test/support/echo-backend.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/** A backend of the demo and the Service that it belongs to. */
export interface DemoPod {
  readonly service: string;
  readonly echo: Echo;
}

/** Copies `examples/` into a folder, with endpoints that lead to the pods and a fresh certificate for the TLS host. */
export const writeManifests = async (folder: string, pods: readonly DemoPod[]): Promise<void> => {
  await cp(EXAMPLES, folder, { recursive: true });
  await writeFile(join(folder, 'endpoints.yaml'), pods.map((pod) => stringify(endpointSlice(pod))).join('---\n'));
  await writeFile(join(folder, 'vault-certificate.yaml'), stringify(certificateSecret()), { mode: 0o600 });
};

const endpointSlice = ({ service, echo }: DemoPod): object => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: echo.name, labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: echo.port }],
  endpoints: [{ addresses: [echo.address], conditions: { ready: true } }],
});

const certificateSecret = (): object => {
  const { cert, key } = issueCertificate({
    subject: { commonName: 'vault.localhost' },
    names: ['vault.localhost'],
    key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
    notBefore: Date.now(),
    notAfter: Date.now() + MONTH_MS,
  });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'vault-certificate' },
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
};
