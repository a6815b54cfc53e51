import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createPrivateApt, RELEASE, runTool } from '../../../scripts/nginx/private-apt.ts';
import { withProgress } from '../../../scripts/progress.ts';
import { toolFolder } from './place.ts';

const PACKAGE = 'golang-1.26-go';

/** Path of a Go that is new enough, unpacked from Debian's packages; fetched once. */
export const fetchGo = async (): Promise<string> => {
  const home = join(dirname(toolFolder), 'go');
  const program = join(home, 'usr/lib/go-1.26/bin/go');
  const runs = await runTool(program, ['version']).then(
    () => true,
    () => false,
  );
  if (!runs) await withProgress(`Fetching Go from Debian ${RELEASE} (only once)`, () => unpackGo(home));
  return program;
};

/** Go's programs are linked statically: they run on any Debian. */
const unpackGo = async (home: string): Promise<void> => {
  await mkdir(dirname(home), { recursive: true });
  const work = await mkdtemp(`${home}-`);
  try {
    const packages = await (await createPrivateApt(work)).download(PACKAGE);
    const wanted = (await readdir(packages)).filter((name) => /^golang-1\.26-(go|src)_.*\.deb$/.test(name));
    for (const name of wanted) await runTool('dpkg-deb', ['--extract', join(packages, name), join(work, 'root')]);
    await rm(home, { recursive: true, force: true });
    await rename(join(work, 'root'), home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
