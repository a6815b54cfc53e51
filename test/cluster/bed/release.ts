import { setTimeout as pause } from 'node:timers/promises';
import { childrenOf, titleOf, type Process } from '../../../src/agent/processes.ts';
import type { Images } from './images.ts';
import type { ClusterNode } from './node.ts';
import { NODE_ADDRESS } from './place.ts';

const CHART = new URL('../../../charts/portico', import.meta.url).pathname;

/** Where a release stands, and how it is reached. */
export interface ReleaseFacts {
  readonly node: ClusterNode;
  readonly images: Images;
  readonly name: string;
  readonly namespace: string;
}

/** Values of the chart. */
interface Values {
  readonly controller?: object;
  /** Services by port. */
  readonly tcp?: Readonly<Record<number, string>>;
  readonly udp?: Readonly<Record<number, string>>;
}

/** Ports of its Service, as the chart names them. */
type PortName = 'http' | 'https' | `${number}-tcp` | `${number}-udp`;

type PodRole = 'nginx' | 'controller';

const asImage = (image: string): { readonly repository: string; readonly tag: string } => {
  const colon = image.lastIndexOf(':');
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
};

/** A Portico that helm installed on the node. */
export class Release {
  readonly #facts: ReleaseFacts;

  constructor(facts: ReleaseFacts) {
    this.#facts = facts;
  }

  /** Values that every release on the node needs, and those of a test. */
  #values(values: Values): object {
    const { nginx, controller } = this.#facts.images;
    return {
      ...values,
      controller: { image: asImage(nginx), service: { type: 'NodePort' }, ...values.controller },
      controlPlane: { image: asImage(controller) },
    };
  }

  /** Installs it, and resolves when every Pod is ready. */
  async install(values: Values = {}): Promise<void> {
    await this.#helm('install', [CHART, '--create-namespace', '--wait', '--timeout=180s'], this.#values(values));
  }

  /** Changes its values. */
  async upgrade(values: Values): Promise<void> {
    await this.#helm('upgrade', [CHART, '--wait', '--timeout=180s'], this.#values(values));
  }

  async uninstall(): Promise<void> {
    await this.#helm('uninstall', ['--wait', '--timeout=180s']);
  }

  /** Where clients find one of its ports from inside the cluster's network: the node port. */
  async address(port: PortName = 'http'): Promise<{ readonly address: string; readonly port: number }> {
    const path = `{.items[*].spec.ports[?(@.name=="${port}")].nodePort}`;
    const found = await this.kubectl(['get', 'service', `--selector=${this.#selector}`, `--output=jsonpath=${path}`]);
    return { address: NODE_ADDRESS, port: Number(found) };
  }

  /** Names of Pods that are ready and are not ending. */
  async pods(): Promise<readonly string[]> {
    const text = await this.kubectl(['get', 'pods', `--selector=${this.#selector}`, '--output=json']);
    const { items } = JSON.parse(text) as { readonly items: readonly PodObject[] };
    const isReady = ({ metadata, status }: PodObject): boolean =>
      metadata.deletionTimestamp === undefined &&
      (status.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
    return items.filter(isReady).map(({ metadata }) => metadata.name);
  }

  /** The only Pod that is ready. */
  async pod(): Promise<string> {
    const [only, ...others] = await this.pods();
    if (only === undefined || others.length > 0)
      throw new Error(`one ready Pod was expected, not ${[only, ...others].join(' and ')}`);
    return only;
  }

  /** Puts a fresh Pod in the place of the one that is there. */
  async renew(): Promise<void> {
    const old = await this.pods();
    await this.kubectl(['delete', 'pods', ...old, '--force', '--grace-period=0']);
    await this.until(async () => (await this.pods()).some((name) => !old.includes(name)), 'a fresh Pod');
  }

  /** What a container's own programs are: their title, by process. */
  async processes(role: PodRole): Promise<readonly { readonly process: Process; readonly title: string }[]> {
    const { node, namespace } = this.#facts;
    const { pid } = await node.container(namespace, await this.pod(), role);
    const members = await descendantsOf(pid);
    return Promise.all(members.map(async (process) => ({ process, title: await titleOf(process.pid) })));
  }

  /** The one process of a container whose title matches. */
  async processWith(role: PodRole, title: RegExp): Promise<number> {
    const [found] = (await this.processes(role)).filter((one) => title.test(one.title));
    if (found === undefined) throw new Error(`no process of ${role} is called ${String(title)}`);
    return found.process.pid;
  }

  /** The generation that NGINX runs, and its workers: both stay where nothing was reloaded. */
  async running(): Promise<{ readonly live: string; readonly workers: readonly number[] }> {
    const status = JSON.parse(await this.exec(['cat', '/run/portico/report/status.json'])) as { readonly live: string };
    const workers = (await this.processes('nginx')).filter(({ title }) => title.startsWith('nginx: worker process'));
    return { live: status.live, workers: workers.map(({ process }) => process.pid) };
  }

  /** Runs a command in the default container, as somebody at 3 a.m. does. */
  async exec(command: readonly string[]): Promise<string> {
    return this.kubectl(['exec', await this.pod(), '--', ...command]);
  }

  /** kubectl in the namespace of the release. */
  async kubectl(args: readonly string[]): Promise<string> {
    const { node, namespace } = this.#facts;
    return node.kubectl([args[0] ?? '', `--namespace=${namespace}`, ...args.slice(1)]);
  }

  /** Looks again and again; nothing tells a test of these. */
  async until(reached: () => Promise<boolean>, what: string, limitMs = 180_000): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await reached())) {
      if (performance.now() > deadline) throw new Error(`${what} was not reached within ${limitMs} ms`);
      await pause(100);
    }
  }

  get #selector(): string {
    return `app.kubernetes.io/instance=${this.#facts.name}`;
  }

  #helm(verb: string, args: readonly string[], values?: object): Promise<string> {
    const { node, name, namespace } = this.#facts;
    return node.helm([verb, name, ...args, `--namespace=${namespace}`], values);
  }
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const descendantsOf = async (pid: number): Promise<readonly Process[]> => {
  const children = await childrenOf(pid);
  const below = await Promise.all(children.map((child) => descendantsOf(child.pid)));
  return [...children, ...below.flat()];
};
