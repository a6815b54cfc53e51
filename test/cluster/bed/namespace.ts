import { readFile, readlink, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { listProcesses, sendSignal } from '../../../src/agent/processes.ts';
import { bedFolder, bedName, NODE_ADDRESS, STAND_IN_SUBNET } from './place.ts';

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
  await inside('route', 'add', 'local', STAND_IN_SUBNET, 'dev', 'lo');
  await execa('nsenter', [...entering(), 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
};

/** Arguments of nsenter. `ip netns exec` would hide the cgroup mounts that the kubelet needs. */
export const entering = (): readonly string[] => [`--net=/run/netns/${bedName}`];

/** Ends every program of a bed and removes what it wrote; the namespace stays, and whoever else lives in it. */
export const emptyBed = async (): Promise<void> => {
  await killAll(async (pid) => (await isInside(pid)) && (await linkOf(pid, 'cwd')).startsWith(bedFolder));
  await removeFiles();
};

/** Removes whatever a bed of this name left behind: processes, mounts, files, and its namespace. */
export const removeBed = async (): Promise<void> => {
  await killAll(isInside);
  await removeFiles();
  if ((await namespaceId()) !== undefined) await ip('netns', 'del', bedName);
};

/** Kills those that belong and their children, for a container is outside and the child of a shim that is inside. */
const killAll = async (belongs: (pid: number) => Promise<boolean>): Promise<void> => {
  // A process may start another while we look.
  for (let found = await findAll(belongs); found.length > 0; found = await findAll(belongs)) {
    for (const pid of found) sendSignal(pid, 'SIGKILL');
    await pause(20);
  }
};

const findAll = async (belongs: (pid: number) => Promise<boolean>): Promise<readonly number[]> => {
  const processes = await listProcesses();
  const flags = await Promise.all(processes.map(({ pid }) => belongs(pid)));
  const ours = new Set(processes.filter((_, index) => flags[index]).map(({ pid }) => pid));
  return processes.filter(({ pid, parent }) => ours.has(pid) || ours.has(parent)).map(({ pid }) => pid);
};

const isInside = async (pid: number): Promise<boolean> => (await linkOf(pid, 'ns/net')) === (await namespaceId());

/** Empty where the process ended while we looked. */
const linkOf = (pid: number, name: string): Promise<string> => readlink(`/proc/${pid}/${name}`).catch(() => '');

/** The namespace as /proc names it. */
const namespaceId = async (): Promise<string | undefined> => {
  const file = await stat(`/run/netns/${bedName}`).catch(() => undefined);
  return file === undefined ? undefined : `net:[${file.ino}]`;
};

const removeFiles = async (): Promise<void> => {
  await unmountAll();
  await rm(bedFolder, { recursive: true, force: true });
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
