import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { readManifests } from '../manifests/read-manifests.ts';
import { plan, type Plan } from '../plan/plan.ts';
import { Fault } from '../problems/fault.ts';
import { formatProblem } from '../problems/problem.ts';
import { layoutIn } from '../protocol/layout.ts';
import { EXIT } from './exit-codes.ts';
import { ownControllerFlags, podPortFlags } from './flag-table.ts';
import { optionOf, settled, withFlags, withPlanFlags, type PlanFlags } from './flags.ts';
import { asManifests, manifestFlags, planOptions, rendererOf } from './plan-options.ts';

interface RenderFlags extends PlanFlags {
  readonly file: readonly string[];
  readonly output?: string;
  readonly stateDir: string;
}

const writeFiles = async (planned: Plan, folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
    for (const { path, text } of planned.generation.files) await writeFile(join(folder, path), text);
  } catch (error) {
    throw new Fault('folder-not-writable', `cannot write into ${folder}`, { cause: error });
  }
};

const render = async (given: RenderFlags): Promise<number> => {
  const flags = manifestFlags(given);
  const manifests = await readManifests(flags.file);
  const facts = {
    layout: layoutIn(flags.stateDir),
    accessLog: '/dev/stdout',
    capabilities: { ipv6: false },
    render: rendererOf(flags),
  };
  const options = planOptions(flags, facts);
  const planned = plan(asManifests(manifests.state, options.classRules), options);
  for (const problem of planned.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  if (flags.output !== undefined) await writeFiles(planned, flags.output);
  else process.stdout.write(planned.generation.files[0]?.text ?? '');
  return EXIT.good;
};

/** `portico render`: manifests in, nginx.conf out; no cluster, no NGINX. Problems go to stderr. */
export const renderCommand = (finish: (code: number) => void): Command =>
  withFlags(withPlanFlags(new Command('render')), podPortFlags)
    .description('print the nginx.conf of manifests, without a cluster and without NGINX')
    .requiredOption('-f, --file <path...>', 'manifests: files or folders')
    .option('-o, --output <dir>', 'write the files into this folder instead of stdout')
    .addOption(optionOf('state-dir', ownControllerFlags['state-dir']))
    .action(async (flags: RenderFlags) => finish(await render(settled(flags))));
