import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';

/** The Debian release whose stock NGINX is new enough. */
export const RELEASE = 'forky';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';

/** An apt whose state, cache and package lists live in one folder and that knows one release of one mirror. */
export interface PrivateApt {
  readonly mirror: string;
  /** Downloads packages and all that they depend on, as if nothing were installed; the folder with the `.deb` files. */
  readonly download: (...names: readonly string[]) => Promise<string>;
}

/** Sets up a private apt below `folder`; it keeps the machine's mirror, proxies and signature keys. */
export const createPrivateApt = async (folder: string): Promise<PrivateApt> => {
  await access(KEYRING).catch(() => {
    throw new Error(`${KEYRING} is missing, which would prove that the packages are Debian's`);
  });
  const mirror = await machineMirror();
  const config = join(folder, 'apt.conf');
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${RELEASE} main\n`);
  await writeFile(config, aptConfig(folder, await runTool('apt-config', ['dump'])));
  const run = (args: readonly string[]): Promise<string> => runTool('apt-get', ['-q', ...args], { APT_CONFIG: config });
  return {
    mirror,
    download: async (...names) => {
      await run(['update', '--error-on=any']);
      await run(['install', '--yes', '--no-install-recommends', '--download-only', ...names]);
      return join(folder, 'cache/archives');
    },
  };
};

/** How the machine reaches a mirror is kept; its folders, hooks and pins are not. */
const aptConfig = (folder: string, dump: string): string =>
  [
    ...dump.split('\n').filter((line) => line.startsWith('Acquire::') && !line.startsWith('Acquire::IndexTargets')),
    'Acquire::Languages "none";',
    'APT::Sandbox::User "";',
    'Dir::Etc::parts "/dev/null";',
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    `Dir::State "${folder}/state";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}/cache";`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    '',
  ].join('\n');

/** Where this machine gets the release that it runs, so that a mirror inside a company's walls keeps working. */
const machineMirror = async (): Promise<string> => {
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  const releases = [codename, RELEASE, 'stable', 'testing', 'unstable', 'sid'];
  const targets = await runTool('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(RELEASE) $(COMPONENT)',
    'Created-By: Packages',
  ]);
  const rows = targets.split('\n').map((line) => line.split(' '));
  const row = rows.find(([, release, component]) => component === 'main' && releases.includes(release));
  return row?.[0] ?? DEFAULT_MIRROR;
};

/** Runs a program of the machine; what it printed, or an Error that ends with its own last lines. */
export const runTool = async (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> => {
  try {
    return (await execa(command, args, { env: { LC_ALL: 'C', ...env }, stdin: 'ignore' })).stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    throw new Error(`${error.shortMessage}\n${lastLines(error.stderr ?? '')}`, { cause: error });
  }
};

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-5).join('\n');
