import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { testConfig } from '../agent/config-test.ts';
import { writeLocalConfig } from '../agent/local-config.ts';
import { inspectMachine } from '../agent/machine.ts';
import { inspectNginx } from '../agent/nginx-binary.ts';
import { readManifests, type ManifestSet } from '../manifests/read-manifests.ts';
import { blame } from '../plan/blame.ts';
import type { Capabilities, PlanOptions } from '../plan/options.ts';
import { plan, type Plan } from '../plan/plan.ts';
import type { SetAside } from '../plan/set-aside.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { formatProblem, severityOf, type Problem } from '../problems/problem.ts';
import { layoutIn, type Layout } from '../protocol/layout.ts';
import type { NginxError } from '../protocol/messages.ts';
import { compareText } from '../values/compare.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import { summaryOf } from './check-summary.ts';
import { EXIT } from './exit-codes.ts';
import { podPortFlags } from './flag-table.ts';
import { settled, unheededIn, withFlags, withPlanFlags, type PlanFlags } from './flags.ts';
import { findNginx } from './nginx-path.ts';
import { asManifests, manifestFlags, planOptions, rendererOf } from './plan-options.ts';

interface CheckFlags extends PlanFlags {
  readonly file: readonly string[];
}

/** What NGINX says to a plan, in a folder of its own; nothing of this machine is touched. */
type Ask = (planned: Plan) => Promise<readonly NginxError[]>;

const askNginx = (binary: string, { run }: Layout): Ask => {
  const signal = new AbortController().signal;
  return async ({ generation }) => {
    const folder = join(run.generations, generation.digest);
    await mkdir(folder, { recursive: true });
    for (const { path, text } of generation.files) await writeFile(join(folder, path), text);
    return testConfig({ binary, run, digest: generation.digest, signal });
  };
};

/** A test binds the ports that it reads of; only root may bind 80 and 443. Ports that are taken do not matter. */
const TEST_PORTS = { httpPort: 18_080, httpsPort: 18_443 };

/** More refused objects than this are not looked for: each costs a test. */
const MAX_TESTS = 50;

/** Plans, and where NGINX refuses sets the blamed Ingresses aside, as the controller would, until it accepts. */
const planAccepted = async (
  state: ClusterState,
  options: PlanOptions,
  ask: Ask,
): Promise<{ readonly planned: Plan; readonly unexplained: readonly NginxError[] }> => {
  const setAside = new Map<ObjectRef, SetAside>();
  for (let tests = 0; ; tests += 1) {
    const planned = plan(state, { ...options, setAside });
    const errors = await ask(planned);
    const blamed = errors.flatMap((error) => {
      const ref = blame(planned.generation, error);
      return ref === undefined ? [] : [[ref, error.text] as const];
    });
    if (blamed.length === 0 || tests === MAX_TESTS) return { planned, unexplained: errors };
    for (const [ref, reason] of blamed) setAside.set(ref, { served: setAside.has(ref) ? 'dropped' : 'closed', reason });
  }
};

/** A line for each problem, in the order of files and their lines. */
const describeAll = (problems: readonly Problem[], { locate }: ManifestSet): readonly string[] => {
  const placed = problems.map((problem) => ({ problem, place: locate(problem.subject, problem.field) }));
  const inOrder = placed.toSorted(
    (a, b) => compareText(a.place?.file ?? '', b.place?.file ?? '') || (a.place?.line ?? 0) - (b.place?.line ?? 0),
  );
  return inOrder.map(({ problem, place }) => {
    const where = place === undefined ? '' : `${place.file}:${place.line}: `;
    return `${where}${severityOf(problem)} ${problem.code}: ${formatProblem(problem)}\n`;
  });
};

/** What is not about one place goes to stderr: stdout has the problems, a line each. */
const say = (line: string): void => void process.stderr.write(`portico: ${line}\n`);

const check = async (given: CheckFlags): Promise<number> => {
  const flags = { ...manifestFlags(given), ...TEST_PORTS };
  for (const { names, reason } of unheededIn(given)) say(`${names.join(', ')} without effect: ${reason}`);
  const manifests = await readManifests(flags.file);
  const root = await mkdtemp(join(tmpdir(), 'portico-check-'));
  try {
    const layout = layoutIn(root);
    const { ask, capabilities } = await prepare(await findNginx(process.env), layout);
    const options = planOptions(flags, { layout, accessLog: 'off', capabilities, render: rendererOf(flags) });
    const state = asManifests(manifests.state, options.classRules);
    const { planned, unexplained } = await planAccepted(state, options, ask);
    for (const line of describeAll(planned.problems, manifests)) process.stdout.write(line);
    for (const { text } of unexplained) process.stdout.write(`error: NGINX refuses the configuration: ${text}\n`);
    const warnings = planned.problems.filter((problem) => severityOf(problem) === 'warning').length;
    const errors = planned.problems.length - warnings + unexplained.length;
    const watchesClassless = given.watchIngressWithoutClass;
    for (const line of summaryOf({ state, options, watchesClassless, errors, warnings })) say(line);
    return errors + warnings === 0 ? EXIT.good : EXIT.problems;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

const prepare = async (
  binary: string | undefined,
  layout: Layout,
): Promise<{ readonly ask: Ask; readonly capabilities: Capabilities }> => {
  if (binary === undefined) {
    say('no NGINX here, so nginx -t is not asked');
    return { ask: () => Promise.resolve([]), capabilities: { ipv6: false } };
  }
  const { load, modules, ruleSet } = await inspectNginx(binary);
  await mkdir(layout.run.temp, { recursive: true });
  await writeLocalConfig(layout.run, { machine: await inspectMachine(), load, ruleSet, ports: [53] });
  return { ask: askNginx(binary, layout), capabilities: { ipv6: false, modules } };
};

/** `portico check`: what is wrong with manifests, for people and for CI. */
export const checkCommand = (finish: (code: number) => void): Command =>
  withFlags(withPlanFlags(new Command('check')), podPortFlags)
    .description('list every problem of manifests with its place, and ask nginx -t where there is an NGINX')
    .requiredOption('-f, --file <path...>', 'manifests: files or folders')
    .action(async (flags: CheckFlags) => finish(await check(settled(flags))));
