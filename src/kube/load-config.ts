import { KubeConfig } from '@kubernetes/client-node';
import { Fault } from '../problems/fault.ts';

/** Where the API server is; without anything said, the one of the Pod that we run in. */
export interface ServerFlags {
  readonly kubeconfig?: string;
  readonly apiserverHost?: string;
  readonly certificateAuthority?: string;
}

const fromFile = (file: string): KubeConfig => {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new Fault('cluster', `kubeconfig ${file} cannot be read`, { cause: error });
  }
  if (config.getCurrentCluster() === null) throw new Fault('cluster', `kubeconfig ${file} names no current cluster`);
  return config;
};

const fromPod = (): KubeConfig => {
  if (process.env['KUBERNETES_SERVICE_HOST'] === undefined)
    throw new Fault('usage', 'not in a Pod: --kubeconfig FILE, --apiserver-host URL or --manifests DIR is needed');
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
};

/** As kubectl does it: the host takes the place of the server that the kubeconfig names, credentials stay. */
const withHost = (config: KubeConfig | undefined, { apiserverHost = '', certificateAuthority }: ServerFlags) => {
  const ca = certificateAuthority === undefined ? {} : { caFile: certificateAuthority };
  const cluster = config?.getCurrentCluster() ?? { name: 'flags', skipTLSVerify: false };
  // client-node takes plain HTTP only where TLS is not to be verified.
  const plain = apiserverHost.startsWith('http:') ? { skipTLSVerify: true } : {};
  const changed = new KubeConfig();
  const user = config?.getCurrentUser() ?? { name: 'flags' };
  changed.loadFromClusterAndUser({ ...cluster, ...ca, ...plain, server: apiserverHost }, user);
  return changed;
};

/** Reads the configuration that the flags name, each time anew; a Fault where it cannot be used. */
export const loadConfig = (flags: ServerFlags): KubeConfig => {
  const file = flags.kubeconfig === undefined ? undefined : fromFile(flags.kubeconfig);
  if (flags.apiserverHost !== undefined) return withHost(file, flags);
  return file ?? fromPod();
};
