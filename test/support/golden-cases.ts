import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { PlanFlags } from '../../src/cli/flags.ts';
import { asManifests } from '../../src/cli/plan-options.ts';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import type { PlanOptions } from '../../src/plan/options.ts';
import { testOptions } from './plan-options.ts';
import { stateOfYaml } from './state-of-yaml.ts';

/** A folder with `input.yaml`, and optionally `flags.yaml` (of the command line), `nginx.yaml` and `requests.yaml`. */
export interface GoldenCase {
  readonly name: string;
  readonly folder: string;
  readonly state: ClusterState;
  readonly flags: Partial<PlanFlags>;
  readonly options: PlanOptions;
}

const ROOT = fileURLToPath(new URL('../golden/', import.meta.url));

const readCase = (name: string): GoldenCase => {
  const folder = `${ROOT}${name}`;
  const flagsFile = `${folder}/flags.yaml`;
  const flags: Partial<PlanFlags> = existsSync(flagsFile) ? parse(readFileSync(flagsFile, 'utf8')) : {};
  const nginxFile = `${folder}/nginx.yaml`;
  const nginx: { readonly modules?: readonly string[] } = existsSync(nginxFile)
    ? parse(readFileSync(nginxFile, 'utf8'))
    : {};
  const options = testOptions(flags, { capabilities: { ipv6: false, ...nginx } });
  const state = asManifests(stateOfYaml(readFileSync(`${folder}/input.yaml`, 'utf8')), options.classRules);
  return { name, folder, state, flags, options };
};

/** Every case below `test/golden`, in the order of names. */
export const goldenCases = (): readonly GoldenCase[] =>
  readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('/input.yaml'))
    .map((file) => file.slice(0, -'/input.yaml'.length))
    .toSorted()
    .map(readCase);
