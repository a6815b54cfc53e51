import type { ClusterState } from '../cluster/cluster-state.ts';
import type { RoutingModel } from '../model/routing-model.ts';
import type { NginxConfig } from '../nginx/tree.ts';
import { problemKey, type Problem } from '../problems/problem.ts';
import type { ConfigFile, Generation, WorkerFile } from '../protocol/generation.ts';
import { compareText } from '../values/compare.ts';
import { sha256 } from '../values/digest.ts';
import { buildModel } from './build-model.ts';
import { compileConfig } from './compile-config.ts';
import type { PlanOptions, Renderer } from './options.ts';
import { WorkerFiles } from './references.ts';
import type { PlannedSettings } from './refused-settings.ts';
import type { RouteSettings } from './sites.ts';
import { unmetNeeds } from './unmet-needs.ts';

/** Everything that follows from a snapshot of the cluster. */
export interface Plan {
  readonly model: RoutingModel<RouteSettings>;
  readonly config: NginxConfig;
  /** What printed it. */
  readonly render: Renderer;
  readonly generation: Generation;
  readonly workerFiles: readonly WorkerFile[];
  readonly problems: readonly Problem[];
  readonly settings: PlannedSettings;
}

/** The file that tells which generation answers; it holds the digest and is therefore not part of it. */
const identityFile = (digest: string): ConfigFile => ({ path: 'generation.conf', text: `return 200 "${digest}";\n` });

/** Files named by the digest of their bytes: "did anything change?" is answered by this and nothing else. */
export const generationOf = (files: readonly ConfigFile[]): Generation => {
  const digest = sha256(JSON.stringify(files.map(({ path, text }) => [path, sha256(text)])));
  return { digest, files: [...files, identityFile(digest)] };
};

const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const byKey = new Map(problems.map((problem) => [problemKey(problem), problem]));
  return [...byKey].toSorted(([a], [b]) => compareText(a, b)).map(([, problem]) => problem);
};

/** The pure function in the middle: same objects in any order and same options, same bytes. */
export const plan = (state: ClusterState, options: PlanOptions): Plan => {
  const files = new WorkerFiles(options.layout.desired.files);
  const built = buildModel(state, options, files);
  const compileProblems: Problem[] = [];
  const config = compileConfig(state, { built, options, problems: compileProblems });
  return {
    model: built.model,
    config,
    render: options.render,
    generation: generationOf(options.render(config)),
    workerFiles: files.all(),
    settings: built.planned,
    problems: inOrder([...built.problems, ...unmetNeeds(options, built.globals), ...compileProblems]),
  };
};
