import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { locateNginx } from '../scripts/nginx.ts';
import { ControlPlane } from '../test/cluster/bed/control-plane.ts';
import { ApiWriter } from '../test/support/api-writer.ts';
import { Pod } from '../test/support/pod.ts';
import { proportionalMegabytes, residentMegabytes } from '../test/support/process-figures.ts';
import { timeToFirstAnswer, timeToMove } from './add-and-move.ts';
import { ask, askUntil } from './client.ts';
import { compareCost } from './cost.ts';
import { PlainNginx } from './plain-nginx.ts';
import { writeReport, type Memory, type Measured } from './report.ts';
import { hostOf, ingressOf, podAddress, serviceOf, sliceOf } from './site.ts';

const SIZES = (process.env['BENCH_SIZES'] ?? '0,1000,5000').split(',').map(Number);
const START_LIMIT_MS = 120_000;
/** After this nothing of the start is under way: old workers are gone, the heap has been tidied. */
const SETTLE_MS = 10_000;
const HERE = import.meta.dirname;

const ingressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};

/** Sites from one number up to another, the upper one excluded. */
const sites = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => {
    const name = `site-${from + index}`;
    return [serviceOf(name), sliceOf(name, podAddress(from + index)), ingressOf(name)];
  }).flat();

const memoryOf = async (pod: Pod): Promise<Memory> => {
  const [controller, agent] = [await pod.pidOf('controller'), await pod.pidOf('agent')];
  const master = await pod.masterPid();
  const workers = await pod.workerPids();
  return {
    controller: await residentMegabytes(controller),
    agent: await residentMegabytes(agent),
    nginxMaster: await residentMegabytes(master),
    nginxWorkers: await Promise.all(workers.map(residentMegabytes)),
    nginxShared: await proportionalMegabytes([master, ...workers]),
  };
};

/** Everything about one cluster; Portico is started anew, so that its memory is that of this size. */
const measure = async (others: number, kubeconfig: string, baseline: PlainNginx): Promise<Measured> => {
  const api = new ApiWriter(kubeconfig);
  const pod = await Pod.follow(kubeconfig);
  try {
    await pod.start('nginx');
    await pod.start('controller');
    const { httpPort } = pod;
    const answers = () => ask(httpPort, hostOf('bench')).catch(() => ({ status: 0, pod: undefined }));
    const begun = performance.now();
    await askUntil(answers, { fits: ({ status }) => status === 200, limitMs: START_LIMIT_MS });
    const start = (performance.now() - begun) / 1_000;
    await pause(SETTLE_MS);
    const memoryAtStart = await memoryOf(pod);
    console.log(`${others} others: started after ${start.toFixed(1)} s`);
    const portico = { port: httpPort, host: hostOf('bench'), workers: () => pod.workerPids() };
    const cost = await compareCost(portico, {
      port: baseline.port,
      host: hostOf('bench'),
      workers: () => baseline.workers(),
    });
    const add = await timeToFirstAnswer({ api, httpPort });
    const move = await timeToMove({ api, httpPort });
    return { others, start, add, move, cost, memoryAtStart, memoryAtEnd: await memoryOf(pod) };
  } finally {
    await pod.remove();
    await api.close();
  }
};

process.env['NGINX_BINARY'] = await locateNginx();
const plane = new ControlPlane();
await plane.open();
const api = new ApiWriter(plane.kubeconfig);
const pods = await PlainNginx.start(join(HERE, 'pods.conf'));
const baseline = await PlainNginx.start(resolve(HERE, 'baseline/nginx.conf'));
try {
  await plane.apply([ingressClass, serviceOf('bench'), sliceOf('bench', podAddress(0)), ingressOf('bench')]);
  const results: Measured[] = [];
  for (const [index, others] of SIZES.entries()) {
    await api.putAll(sites(SIZES[index - 1] ?? 0, others));
    results.push(await measure(others, plane.kubeconfig, baseline));
  }
  await writeReport(results, join(HERE, 'results'));
} finally {
  await baseline.stop();
  await pods.stop();
  await api.close();
  await plane.close();
}
