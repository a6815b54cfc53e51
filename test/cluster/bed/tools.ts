import { existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { runTool } from '../../../scripts/nginx/private-apt.ts';
import { withProgress } from '../../../scripts/progress.ts';
import { Fault } from '../../../src/problems/fault.ts';
import { fetchGo } from './go.ts';
import { tool, toolFolder } from './place.ts';

const KUBERNETES = '1.36.3';
const HELM = '3.22.0';

const KUBERNETES_PROGRAMS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubectl',
  'kubelet',
];

/** Debian's packages, by a program or file that each brings. */
const PACKAGES: Readonly<Record<string, string>> = {
  buildah: 'buildah',
  conntrack: 'conntrack',
  containerd: 'containerd',
  etcd: 'etcd-server',
  etcdctl: 'etcd-client',
  gcc: 'gcc',
  ip: 'iproute2',
  iptables: 'iptables',
  nft: 'nftables',
  podman: 'podman',
  runc: 'runc',
  '/usr/include/stdio.h': 'libc6-dev',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
};

const DISK_BYTES = 12e9;

/**
 * Brings every program of the bed: Debian's packages where they are missing, Kubernetes and helm from their sources
 * once. A Fault where this machine cannot run the bed.
 */
export const bringTools = async (): Promise<void> => {
  await requireMachine();
  await installPackages(PACKAGES);
  await mkdir(toolFolder, { recursive: true });
  const missing = await unbuilt();
  if (missing.length === 0) return;
  await buildAll(missing).catch((cause: unknown) => {
    throw new Fault('cluster', `the tests in a cluster need ${missing.join(', ')}, which cannot be built here`, {
      cause,
    });
  });
};

const buildAll = async (missing: readonly string[]): Promise<void> => {
  const go = await findGo();
  const kubernetes = missing.filter((name) => name !== 'helm');
  if (kubernetes.length > 0)
    await withProgress('Building Kubernetes (6 to 8 minutes on 2 cores, only once)', () =>
      buildKubernetes(go, kubernetes),
    );
  if (missing.includes('helm')) await withProgress('Building helm (1 minute, only once)', () => buildHelm(go));
};

/** Nothing is installed or built before it is known that the machine can run the bed. */
const requireMachine = async (): Promise<void> => {
  if (process.getuid?.() !== 0) throw new Fault('cluster', 'the tests in a cluster need root, for network namespaces');
  const { exitCode } = await execa('unshare', ['--net', 'true'], { reject: false });
  if (exitCode !== 0)
    throw new Fault('cluster', 'the tests in a cluster need network namespaces, which this machine refuses');
  const { bavail, bsize } = await statfs(await existingParent(toolFolder));
  if ((await unbuilt()).length > 0 && bavail * bsize < DISK_BYTES)
    throw new Fault('cluster', `the tests in a cluster need 12 GB of disk below ${toolFolder} to build Kubernetes`);
};

const versionOf = (name: string): string => (name === 'helm' ? HELM : KUBERNETES);
const markOf = (name: string): string => join(toolFolder, `.${name}`);

const unbuilt = async (): Promise<readonly string[]> => {
  const names = [...KUBERNETES_PROGRAMS, 'helm'];
  const marks = await Promise.all(names.map((name) => readFile(markOf(name), 'utf8').catch(() => '')));
  return names.filter((name, index) => marks[index]?.trim() !== versionOf(name));
};

const existingParent = async (folder: string): Promise<string> =>
  access(folder).then(
    () => folder,
    () => existingParent(dirname(folder)),
  );

const isThere = async (program: string): Promise<boolean> => {
  if (program.startsWith('/')) return existsSync(program);
  const { exitCode } = await execa('sh', ['-c', 'command -v "$0"', program], { reject: false });
  return exitCode === 0;
};

/** Installs Debian's packages whose program or file, the key, is missing. */
export const installPackages = async (packages: Readonly<Record<string, string>>): Promise<void> => {
  const wanted: string[] = [];
  for (const [program, name] of Object.entries(packages)) if (!(await isThere(program))) wanted.push(name);
  if (wanted.length === 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = async (): Promise<void> => {
    await runTool('apt-get', ['update', '-q']);
    await runTool('apt-get', ['install', '-q', '--yes', '--no-install-recommends', ...wanted], env);
  };
  await withProgress(`Installing ${wanted.join(', ')}`, install).catch((error: unknown) => {
    throw new Fault('cluster', `${wanted.join(', ')} cannot be installed by apt-get`, {
      cause: error,
    });
  });
};

const findGo = async (): Promise<string> => {
  const { exitCode, stdout } = await execa('go', ['env', 'GOVERSION'], { reject: false });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(exitCode === 0 ? stdout : '') ?? [];
  // A newer Go fetches the very version that a module asks for by itself; an old one does not know how.
  return Number(major) === 1 && Number(minor) >= 26 ? 'go' : fetchGo();
};

/** Kubernetes' own go.mod replaces its libraries by folders of its repository; outside they have versions of their own. */
const kubernetesModule = async (go: string, programs: readonly string[]): Promise<Record<string, string>> => {
  const download = await runTool(go, ['mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES}`]);
  const { GoMod } = JSON.parse(download) as { readonly GoMod: string };
  const lines = (await readFile(GoMod, 'utf8')).split('\n');
  const libraries = lines.flatMap((line) => /^\s*(\S+) => \.\/staging\//.exec(line)?.[1] ?? []);
  const replaced = libraries.map((name) => `replace ${name} => ${name} v0.${KUBERNETES.slice(2)}`);
  const language = lines.find((line) => line.startsWith('go ')) ?? '';
  const imports = programs.map((name) => `import _ "k8s.io/kubernetes/cmd/${name}"`);
  return {
    'go.mod': ['module portico.test/bed', language, `require k8s.io/kubernetes v${KUBERNETES}`, ...replaced, ''].join(
      '\n',
    ),
    'tools.go': ['//go:build tools', 'package tools', ...imports, ''].join('\n'),
  };
};

const buildKubernetes = async (go: string, programs: readonly string[]): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'portico-kubernetes-'));
  try {
    const files = await kubernetesModule(go, programs);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await runTool(go, ['-C', folder, 'mod', 'tidy']);
    const [, minor = ''] = KUBERNETES.split('.');
    const version = { gitVersion: `v${KUBERNETES}`, gitMajor: '1', gitMinor: minor };
    const flags = Object.entries(version).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
    for (const name of programs) {
      const output = ['-trimpath', '-ldflags', ['-s', '-w', ...flags].join(' '), '-o', tool(name)];
      await runTool(go, ['-C', folder, 'build', ...output, `k8s.io/kubernetes/cmd/${name}`]);
      await writeFile(markOf(name), KUBERNETES);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
};

const buildHelm = async (go: string): Promise<void> => {
  await runTool(go, ['install', `helm.sh/helm/v3/cmd/helm@v${HELM}`], { GOBIN: toolFolder });
  await writeFile(markOf('helm'), HELM);
};
