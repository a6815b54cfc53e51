import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { listProcesses, sendSignal } from '../../../src/agent/processes.ts';
import { bedFolder, bedName, NODE_ADDRESS } from './place.ts';

const ip = async (...args: readonly string[]): Promise<string> => (await execa('ip', args)).stdout;

/** Makes the network namespace in which a bed lives, with the node's address and a way for Pods to each other. */
export const openNamespace = async (): Promise<void> => {
  await ip('netns', 'add', bedName);
  const inside = (...args: readonly string[]): Promise<string> => ip('-n', bedName, ...args);
  await inside('link', 'set', 'lo', 'up');
  // Kernels of small machines have no dummy devices; one end of a pair serves as well.
  await inside('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0-peer');
  await inside('link', 'set', 'eth0-peer', 'up');
  await inside('addr', 'add', `${NODE_ADDRESS}/24`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'add', 'default', 'via', '10.100.0.254', 'onlink', 'dev', 'eth0');
  await execa('nsenter', [...entering(), 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
};

/** Arguments of nsenter. `ip netns exec` would hide the cgroup mounts that the kubelet needs. */
export const entering = (): readonly string[] => [`--net=/run/netns/${bedName}`];

/** Removes whatever a bed of this name left behind: processes, mounts, namespaces, files. */
export const removeBed = async (): Promise<void> => {
  await killAll();
  await unmountAll();
  for (const name of await abandonedNamespaces()) await execa('ip', ['netns', 'del', name], { reject: false });
  await rm(bedFolder, { recursive: true, force: true });
};

/** Killed again until nothing is left: a process may start another while we look. */
const killAll = async (): Promise<void> => {
  for (let found = await bedProcesses(); found.length > 0; found = await bedProcesses()) {
    for (const pid of found) sendSignal(pid, 'SIGKILL');
    await pause(20);
  }
};

/** Programs of the bed name its folder or live in its namespace; a container is the child of a shim that names it. */
const bedProcesses = async (): Promise<readonly number[]> => {
  const namespace = await namespaceId();
  const processes = await listProcesses();
  const named = await Promise.all(processes.map(({ pid }) => belongs(pid, namespace)));
  const ours = new Set(processes.filter((_, index) => named[index]).map(({ pid }) => pid));
  return processes.filter(({ pid, parent }) => ours.has(pid) || ours.has(parent)).map(({ pid }) => pid);
};

const belongs = async (pid: number, namespace: string | undefined): Promise<boolean> => {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes(`${bedFolder}/`) || (await readlink(`/proc/${pid}/ns/net`)) === namespace;
  } catch {
    return false; // It ended while we looked.
  }
};

const namespaceId = async (): Promise<string | undefined> => {
  const { exitCode, stdout } = await execa('stat', ['--format=%i', `/run/netns/${bedName}`], { reject: false });
  return exitCode === 0 ? `net:[${stdout}]` : undefined;
};

/** Mounts below others first. */
const unmountAll = async (): Promise<void> => {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  const ours = mounts
    .filter((path) => path.startsWith(`${bedFolder}/`))
    .toSorted()
    .toReversed();
  for (const path of ours) await execa('umount', ['--lazy', path], { reject: false });
};

/** Our namespace, and those of Pods in which nobody lives any more. */
const abandonedNamespaces = async (): Promise<readonly string[]> => {
  const names = await readdir('/run/netns').catch(() => []);
  const ofPods = names.filter((name) => name.startsWith('cni-'));
  const inhabitants = await Promise.all(ofPods.map((name) => ip('netns', 'pids', name)));
  return [...names.filter((name) => name === bedName), ...ofPods.filter((_, index) => inhabitants[index] === '')];
};
