import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { emptyBed } from './namespace.ts';
import { bedFolder, NODE_ADDRESS, tool } from './place.ts';
import { Program } from './program.ts';

const ETCD = 'http://127.0.0.1:12379';

/** What the API server of the bed can be asked for. */
export interface KubectlOptions {
  /** Text for its standard input. */
  readonly input?: string;
}

const kubeconfigText = (token: string): string => `apiVersion: v1
kind: Config
clusters: [{name: bed, cluster: {server: "https://${NODE_ADDRESS}:16443", insecure-skip-tls-verify: true}}]
users: [{name: user, user: {token: ${token}}}]
contexts: [{name: bed, context: {cluster: bed, user: user}}]
current-context: bed
`;

/** A real API server with its etcd; nothing that runs Pods. */
export class ControlPlane {
  readonly url = `https://${NODE_ADDRESS}:16443`;
  /** Kubeconfig file of an administrator. */
  readonly kubeconfig = join(bedFolder, 'kubeconfig');
  readonly #etcd = new Program('etcd', [
    'etcd',
    `--data-dir=${bedFolder}/etcd`,
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    '--listen-peer-urls=http://127.0.0.1:12380',
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]);
  readonly #apiServer = new Program('kube-apiserver', [
    tool('kube-apiserver'),
    `--etcd-servers=${ETCD}`,
    '--secure-port=16443',
    '--bind-address=0.0.0.0',
    `--advertise-address=${NODE_ADDRESS}`,
    `--cert-dir=${bedFolder}/certs`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${bedFolder}/service-accounts.key`,
    `--service-account-signing-key-file=${bedFolder}/service-accounts.key`,
    `--token-auth-file=${bedFolder}/tokens.csv`,
    '--authorization-mode=Node,RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged',
    '--kubelet-preferred-address-types=InternalIP',
  ]);

  /** Starts both with no data, whatever an earlier test left; resolves when the API server is ready (3 s). */
  async open(): Promise<void> {
    await emptyBed();
    await mkdir(bedFolder, { recursive: true });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(join(bedFolder, 'service-accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    const users = ['admin-token,admin,admin,system:masters', 'kubelet-token,system:node:node1,node1,system:nodes'];
    await writeFile(join(bedFolder, 'tokens.csv'), `${users.join('\n')}\n`);
    await this.writeKubeconfig(this.kubeconfig, 'admin-token');
    this.#etcd.start();
    await this.start();
  }

  /** Writes a kubeconfig for the bearer of a token. */
  async writeKubeconfig(file: string, token: string): Promise<void> {
    await writeFile(file, kubeconfigText(token), { mode: 0o600 });
  }

  /** Starts the API server, with the data that is there; resolves when it is ready. */
  async start(): Promise<void> {
    this.#apiServer.start();
    await this.#apiServer.reaches(() => this.isReady());
  }

  /** Kills the API server at once; etcd and its data stay. */
  async kill(): Promise<void> {
    await this.#apiServer.kill();
  }

  async isReady(): Promise<boolean> {
    const { exitCode } = await this.#kubectl(['get', '--raw=/readyz', '--request-timeout=2s'], {});
    return exitCode === 0;
  }

  /** Runs kubectl as an administrator and gives what it printed; throws with its own words where it fails. */
  async kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#kubectl(args, options);
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** Makes or changes objects, given as text or as values. */
  async apply(objects: string | readonly object[]): Promise<void> {
    const input =
      typeof objects === 'string' ? objects : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await this.kubectl(['apply', '--filename=-'], { input });
  }

  /** Forgets the history up to now, as an API server does every five minutes. */
  async compact(): Promise<void> {
    const status = await execa('etcdctl', [`--endpoints=${ETCD}`, 'endpoint', 'status', '--write-out=json'], etcdctl);
    const [{ Status }] = JSON.parse(status.stdout) as [{ Status: { header: { revision: number } } }];
    await execa('etcdctl', [`--endpoints=${ETCD}`, 'compact', String(Status.header.revision)], etcdctl);
  }

  /** Ends everything, Pods too, and forgets all data. */
  async close(): Promise<void> {
    await emptyBed();
  }

  #kubectl(args: readonly string[], { input }: KubectlOptions) {
    const options = { reject: false, ...(input === undefined ? { stdin: 'ignore' as const } : { input }) };
    return execa(tool('kubectl'), [`--kubeconfig=${this.kubeconfig}`, ...args], options);
  }
}

const etcdctl = { env: { ETCDCTL_API: '3' } };
