import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { locateNginx } from '../../scripts/nginx.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { reasonOf } from '../../src/values/thrown.ts';
import { ControlPlane } from '../cluster/bed/control-plane.ts';
import { ApiWriter } from '../support/api-writer.ts';
import { PorticoRun } from '../support/portico-run.ts';
import { openLinePods } from './line-pods.ts';
import { play, type Stage } from './play.ts';
import { EchoPods } from './pods.ts';
import type { Case } from './recording.ts';
import { printReport, tallyOf, verdictOf, type Verdict } from './report.ts';
import { scenes, type Scene } from './scenes.ts';
import { Served } from './served.ts';
import { baseObjects, settingsObject, SUBNETS } from './world.ts';

/** Plays cases inside the network namespace of a bed; `scripts/parity.ts` makes it. */

const judge = async (scene: Scene, one: Case, stage: Stage): Promise<Verdict> => {
  const missing = scene.missing(one);
  if (missing.length > 0) return { name: one.name, kind: 'not covered', missing };
  return verdictOf(one.name, scene.compare(one, await play(one, stage)));
};

/** The end of a log is what tells why. */
const LOG_LINES = 10;

const broken = (name: string, error: unknown): Verdict => {
  const [what = '', ...log] = reasonOf(error).trimEnd().split('\n');
  const came = [what, ...log.slice(-LOG_LINES)];
  return { name, kind: 'different', differences: [{ where: 'the run', expected: [], came }] };
};

const wordsOf = (flags: Scene['flags']): readonly string[] =>
  Object.entries(flags).map(
    ([name, value]) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${String(value)}`,
  );

const playScene = async (scene: Scene, api: ApiWriter, bed: Bed): Promise<readonly Verdict[]> => {
  for (const object of await scene.objects()) await api.put(object);
  const portico = await PorticoRun.follow(bed.plane.kubeconfig, wordsOf(scene.flags), [80, 443]);
  const stage = { api, pods: bed.pods, served: new Served(api, portico, scene.flags) };
  const verdicts: Verdict[] = [];
  try {
    for (const name of scene.names)
      verdicts.push(await judge(scene, scene.read(name), stage).catch((error: unknown) => broken(name, error)));
    return verdicts;
  } finally {
    await portico.stop();
  }
};

interface Bed {
  readonly plane: ControlPlane;
  readonly pods: EchoPods;
}

type Judged = readonly (readonly [scene: Scene, verdicts: readonly Verdict[]])[];

const playAll = async (wanted: readonly Scene[]): Promise<Judged> => {
  const bed: Bed = { plane: new ControlPlane(), pods: new EchoPods() };
  for (const subnet of SUBNETS) await execa('ip', ['route', 'add', 'local', subnet, 'dev', 'lo']);
  await bed.plane.open();
  const api = new ApiWriter(bed.plane.kubeconfig);
  for (const object of [...baseObjects, settingsObject({})]) await api.put(object);
  await bed.pods.open();
  const closeLinePods = await openLinePods();
  const judged: (readonly [Scene, readonly Verdict[]])[] = [];
  try {
    for (const scene of wanted) judged.push([scene, await playScene(scene, api, bed)]);
    return judged;
  } finally {
    closeLinePods();
    await bed.pods.close();
    await api.close();
    await bed.plane.close();
  }
};

const isOption = (word: string): boolean => word.startsWith('--');

const [names, options] = [
  process.argv.slice(2).filter((word) => !isOption(word)),
  process.argv.slice(2).filter(isOption),
];
const known = new Set(scenes.flatMap((scene) => scene.names));
const unknown = names.filter((name) => !known.has(name));
if (unknown.length > 0) {
  console.error(
    `no such case: ${unknown.join(', ')}; the cases are the files of test/parity/cases and test/parity/own`,
  );
  process.exit(EXIT.usage);
}
process.env['NGINX_BINARY'] = await locateNginx();
const wanted = scenes.map((scene) => ({
  ...scene,
  names: scene.names.filter((name) => names.length === 0 || names.includes(name)),
}));
const judged = await playAll(wanted.filter((scene) => scene.names.length > 0));
for (const [{ source }, verdicts] of judged) printReport(source, verdicts);
const tally = tallyOf(judged.flatMap(([, verdicts]) => verdicts));
for (const option of options) {
  const [, file] = /^--report=(.+)$/.exec(option) ?? [];
  if (file !== undefined) await writeFile(file, JSON.stringify(tally));
}
process.exitCode = tally.failed === 0 ? EXIT.good : EXIT.problems;
