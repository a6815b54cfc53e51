import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const DOCKERFILE = 'FROM scratch\nCOPY program /program\nENTRYPOINT ["/program"]\n';

/** An image of nothing but one C program. */
export interface ProgramImage {
  readonly name: string;
  readonly source: string;
}

/** Names an image after its source, so that an older one of buildah's store is never taken for it. */
export const programImage = (name: string, source: string): ProgramImage => ({
  name: `localhost/${name}:${createHash('sha256').update(source).digest('hex').slice(0, 12)}`,
  source,
});

/** Makes it where it is not in buildah's store yet; no registry need be reachable. */
export const buildProgramImage = async ({ name, source }: ProgramImage): Promise<void> => {
  const { exitCode } = await execa('buildah', ['inspect', name], { reject: false });
  if (exitCode === 0) return;
  const folder = await mkdtemp(join(tmpdir(), 'portico-image-'));
  try {
    await writeFile(join(folder, 'program.c'), source);
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
    await execa('gcc', ['-static', '-O2', '-o', join(folder, 'program'), join(folder, 'program.c')]);
    await execa('buildah', ['bud', '--quiet', '--isolation', 'chroot', '--tag', name, folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
};
