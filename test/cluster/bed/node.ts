import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { containerdConfig, kubeletConfig, networkConfig, proxyConfig } from './node-files.ts';
import { ControlPlane } from './control-plane.ts';
import { PAUSE } from './pause.ts';
import { bedFolder, NODE_ADDRESS, tool } from './place.ts';
import { Program } from './program.ts';
import { buildProgramImage } from './program-image.ts';

const SOCKET = `${bedFolder}/containerd/containerd.sock`;

/** A container that runs on the node. */
export interface Container {
  /** Of its first process, as the machine counts. */
  readonly pid: number;
  readonly id: string;
}

/** A whole Kubernetes node: what a ControlPlane is, and kubelet, containerd, kube-proxy and the controllers of Kubernetes. */
export class ClusterNode extends ControlPlane {
  readonly #admin = `--kubeconfig=${this.kubeconfig}`;
  readonly #containerd = new Program('containerd', ['containerd', `--config=${bedFolder}/containerd.toml`]);
  readonly #kubelet = new Program('kubelet', [
    tool('kubelet'),
    `--config=${bedFolder}/kubelet.yaml`,
    `--kubeconfig=${bedFolder}/kubelet.kubeconfig`,
    `--root-dir=${bedFolder}/kubelet`,
    `--cert-dir=${bedFolder}/kubelet-certs`,
    '--hostname-override=node1',
    `--node-ip=${NODE_ADDRESS}`,
  ]);
  readonly #others = [
    new Program('kube-controller-manager', [
      tool('kube-controller-manager'),
      this.#admin,
      `--service-account-private-key-file=${bedFolder}/service-accounts.key`,
      `--root-ca-file=${bedFolder}/certs/apiserver.crt`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ]),
    new Program('kube-scheduler', [
      tool('kube-scheduler'),
      this.#admin,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ]),
    new Program('kube-proxy', [tool('kube-proxy'), `--config=${bedFolder}/kube-proxy.yaml`]),
  ];

  /** Starts all of it with no data; resolves when the node is ready (6 s). */
  override async open(): Promise<void> {
    await Promise.all([super.open(), buildProgramImage(PAUSE)]);
    await this.#writeFiles();
    for (const program of [this.#containerd, ...this.#others]) program.start();
    await this.#containerd.reaches(() => this.#knowsContainers());
    this.#kubelet.start();
    await this.load([PAUSE.name]);
    await this.#kubelet.reaches(() => this.#isNodeReady());
  }

  /** Copies images from buildah's store into the node. */
  async load(images: readonly string[]): Promise<void> {
    for (const image of images) {
      const save = execa('podman', ['save', '--quiet', image], { stdin: 'ignore', buffer: false });
      const load = execa('ctr', [...ctr, 'images', 'import', '-'], { stdin: 'pipe' });
      save.stdout.pipe(load.stdin);
      await Promise.all([save, load]);
    }
  }

  /** Runs helm as an administrator, with values on its standard input, and gives what it printed. */
  async helm(args: readonly string[], values?: object): Promise<string> {
    const input = values === undefined ? { stdin: 'ignore' as const } : { input: JSON.stringify(values) };
    const given = values === undefined ? [] : ['--values=-'];
    return (await execa(tool('helm'), [this.#admin, ...args, ...given], input)).stdout;
  }

  /** A running container of a Pod. */
  async container(namespace: string, pod: string, name: string): Promise<Container> {
    const path = `{.status.containerStatuses[?(@.name=="${name}")].containerID}`;
    const id = await this.kubectl(['get', 'pod', pod, `--namespace=${namespace}`, `--output=jsonpath=${path}`]);
    const bare = id.replace(/^containerd:\/\//, '');
    const { stdout } = await execa('ctr', [...ctr, 'tasks', 'list']);
    const row = stdout.split('\n').find((line) => line.startsWith(bare) && bare !== '');
    if (row === undefined) throw new Error(`container ${name} of Pod ${namespace}/${pod} does not run`);
    return { id: bare, pid: Number(row.split(/\s+/)[1]) };
  }

  async #writeFiles(): Promise<void> {
    const files = {
      'containerd.toml': containerdConfig(SOCKET),
      'cni/pods.conflist': networkConfig,
      'kubelet.yaml': kubeletConfig(SOCKET),
      'kube-proxy.yaml': proxyConfig(this.kubeconfig),
    };
    await mkdir(join(bedFolder, 'cni'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(bedFolder, name), text);
    await this.writeKubeconfig(join(bedFolder, 'kubelet.kubeconfig'), 'kubelet-token');
  }

  async #knowsContainers(): Promise<boolean> {
    const { exitCode } = await execa('ctr', [...ctr, 'version'], { reject: false });
    return exitCode === 0;
  }

  async #isNodeReady(): Promise<boolean> {
    const path = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
    return (await this.kubectl(['get', 'nodes', `--output=jsonpath=${path}`])) === 'True';
  }
}

const ctr = [`--address=${SOCKET}`, '--namespace=k8s.io'];
