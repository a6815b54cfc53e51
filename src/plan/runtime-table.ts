import type { ClusterState } from '../cluster/cluster-state.ts';
import type { RoutingModel } from '../model/routing-model.ts';
import type { CertificateFile, RuntimeTable } from '../protocol/generation.ts';
import { sha256 } from '../values/digest.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import { endpoints } from './endpoints.ts';

/** Name of the file that holds the certificate of a Secret: a function of its reference, never of its content. */
export const certificateName = (secret: ObjectRef): string => sha256(secret).slice(0, 32);

const certificateFile = (state: ClusterState, ref: ObjectRef): CertificateFile => {
  const keyPair = state.secrets.get(ref)?.keyPair;
  return { name: certificateName(ref), ...(keyPair?.valid === true ? { pem: keyPair.pem } : {}) };
};

/** What NGINX learns without a reload: addresses of endpoints and content of certificates. */
export const runtimeTable = (
  state: ClusterState,
  needed: Pick<RoutingModel<unknown>, 'backends' | 'certificates'>,
): RuntimeTable => {
  const names = endpoints(state, needed.backends);
  return {
    revision: sha256(JSON.stringify(names)).slice(0, 32),
    names,
    certificates: needed.certificates.map((ref) => certificateFile(state, ref)),
  };
};
