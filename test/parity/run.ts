import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { locateNginx } from '../../scripts/nginx.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { ControlPlane } from '../cluster/bed/control-plane.ts';
import { ApiWriter } from '../support/api-writer.ts';
import { PorticoRun } from '../support/portico-run.ts';
import { compareSteps } from './compare.ts';
import { missingFor } from './coverage.ts';
import { play, type Stage } from './play.ts';
import { EchoPods } from './pods.ts';
import { caseNames, readCase, readRecording, type Case } from './recording.ts';
import { printReport, tallyOf, verdictOf, type Verdict } from './report.ts';
import { Served } from './served.ts';
import { baseObjects, settingsObject, SETTINGS, SUBNETS, TCP_SERVICES } from './world.ts';

/** Plays cases inside the network namespace of a bed; `scripts/parity.ts` makes it. */

const judge = async (one: Case, stage: Stage): Promise<Verdict> => {
  const missing = missingFor(one);
  if (missing.length > 0) return { name: one.name, kind: 'not covered', missing };
  const came = await play(one, stage);
  return verdictOf(one.name, compareSteps(readRecording(one.name), came));
};

/** The end of a log is what tells why. */
const LOG_LINES = 10;

const broken = (name: string, error: unknown): Verdict => {
  const [what = '', ...log] = (error instanceof Error ? error.message : String(error)).trimEnd().split('\n');
  const came = [what, ...log.slice(-LOG_LINES)];
  return { name, kind: 'different', differences: [{ where: 'the run', expected: [], came }] };
};

const playAll = async (names: readonly string[]): Promise<readonly Verdict[]> => {
  const plane = new ControlPlane();
  const pods = new EchoPods();
  for (const subnet of SUBNETS) await execa('ip', ['route', 'add', 'local', subnet, 'dev', 'lo']);
  await plane.open();
  const api = new ApiWriter(plane.kubeconfig);
  for (const object of [...baseObjects, settingsObject({})]) await api.put(object);
  await pods.open();
  const flags = ['--configmap', `${SETTINGS.namespace}/${SETTINGS.name}`, '--tcp-services-configmap', TCP_SERVICES];
  const portico = await PorticoRun.follow(plane.kubeconfig, flags, [80, 443]);
  const stage = { api, pods, served: new Served(api, portico) };
  const verdicts: Verdict[] = [];
  try {
    for (const name of names)
      verdicts.push(await judge(readCase(name), stage).catch((error: unknown) => broken(name, error)));
    return verdicts;
  } finally {
    await portico.stop();
    await pods.close();
    await api.close();
    await plane.close();
  }
};

const isOption = (word: string): boolean => word.startsWith('--');

const [names, options] = [
  process.argv.slice(2).filter((word) => !isOption(word)),
  process.argv.slice(2).filter(isOption),
];
const unknown = names.filter((name) => !caseNames().includes(name));
if (unknown.length > 0) {
  console.error(`no such case: ${unknown.join(', ')}; the cases are the files of test/parity/cases`);
  process.exit(EXIT.usage);
}
process.env['NGINX_BINARY'] = await locateNginx();
const verdicts = await playAll(names.length === 0 ? caseNames() : names);
printReport(verdicts);
const tally = tallyOf(verdicts);
for (const option of options) {
  const [, file] = /^--report=(.+)$/.exec(option) ?? [];
  if (file !== undefined) await writeFile(file, JSON.stringify(tally));
}
process.exitCode = tally.failed === 0 ? EXIT.good : EXIT.problems;
