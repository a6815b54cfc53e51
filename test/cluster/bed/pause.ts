import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** The image that holds a Pod's namespaces open. */
export const PAUSE = 'localhost/pause:1';

const SOURCE = `#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void stop(int s) { (void)s; exit(0); }
static void reap(int s) { (void)s; while (waitpid(-1, 0, WNOHANG) > 0) {} }
int main(void) {
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  signal(SIGCHLD, reap);
  for (;;) pause();
}
`;

/** Makes that image, where it is not there yet: no registry need be reachable. */
export const buildPause = async (): Promise<void> => {
  const { exitCode } = await execa('buildah', ['inspect', PAUSE], { reject: false });
  if (exitCode === 0) return;
  const folder = await mkdtemp(join(tmpdir(), 'portico-pause-'));
  try {
    await writeFile(join(folder, 'pause.c'), SOURCE);
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY pause /pause\nENTRYPOINT ["/pause"]\n');
    await execa('gcc', ['-static', '-O2', '-o', join(folder, 'pause'), join(folder, 'pause.c')]);
    await execa('buildah', ['bud', '--quiet', '--isolation', 'chroot', '--tag', PAUSE, folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
};
