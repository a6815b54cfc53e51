import { fail, ok } from '../values/result.ts';
import { defineFamily, type Finding, type SettingsOf } from './define.ts';
import { duration } from './duration.ts';
import { bool, textMatching, wholeNumber, type ValueType } from './value-types.ts';

const MAX_PROCESSES = 1_024;

const processes: ValueType<number | 'auto'> = {
  label: `auto, or a whole number from 1 to ${MAX_PROCESSES}`,
  examples: ['auto', '4'],
  parse: (text) => {
    if (text === 'auto') return ok('auto');
    const number = wholeNumber(1, MAX_PROCESSES).parse(text);
    return number.ok ? number : fail(processes.label);
  },
};

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const DEFAULT_CONNECTIONS = 16_384;
/** NGINX does not start with fewer than it has sockets that listen; it asks for so many itself where nobody says. */
const FEWEST_CONNECTIONS = 512;

const keys = {
  'worker-processes': {
    ...common,
    type: processes,
    default: 'auto',
    doc: 'How many processes answer requests; auto means as many as the container has processors.',
  },
  'worker-cpu-affinity': {
    ...common,
    type: textMatching(
      'auto, or a binary mask of processors for each worker',
      /^(auto|[01]{1,64}( [01]{1,64})*)$/,
      'auto',
    ),
    compat: 'differs',
    doc: 'Which processors each worker runs on. Masks count only where worker-processes is their number, which ingress-nginx does not check.',
  },
  'worker-shutdown-timeout': {
    ...common,
    type: duration,
    default: 240,
    doc: 'How long old workers may finish what they began after a reload, and all of them at the end.',
  },
  'max-worker-open-files': {
    ...common,
    type: wholeNumber(0, 1_048_576),
    default: 0,
    doc: 'How many files and connections a worker may have open; 0 means as many as the container allows.',
  },
  'max-worker-connections': {
    ...common,
    type: wholeNumber(0, 1_048_576),
    default: DEFAULT_CONNECTIONS,
    compat: 'differs',
    doc: 'How many connections a worker may have, those to backends included. 0 means three quarters of max-worker-open-files, and the default where that is 0 too; ingress-nginx then asks the system. At least 512 in any case, because NGINX does not start with fewer than it has sockets that listen.',
  },
  'enable-multi-accept': {
    ...common,
    type: bool,
    default: true,
    doc: 'Whether a worker takes all waiting connections at once.',
  },
  'enable-aio-write': {
    ...common,
    type: bool,
    default: true,
    doc: 'Whether threads write the temporary files of answers, so that a slow disk stops no worker. Has no effect with an NGINX that was built without --with-threads.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

/** Masks that NGINX takes without a warning; a warning would stop the publication. */
const masksOf = (settings: Settings): readonly string[] => {
  const masks = settings['worker-cpu-affinity']?.split(' ') ?? [];
  return masks[0] === 'auto' || masks.length === settings['worker-processes'] ? masks : [];
};

const connectionsOf = (settings: Settings): number => {
  const { 'max-worker-connections': wanted, 'max-worker-open-files': files } = settings;
  return Math.max(wanted || Math.floor((files * 3) / 4) || DEFAULT_CONNECTIONS, FEWEST_CONNECTIONS);
};

const connectionFindings = (settings: Settings): readonly Finding[] => {
  const wanted = settings['max-worker-connections'];
  const used = connectionsOf(settings);
  if (wanted === 0 || wanted === used) return [];
  const facts = { key: 'max-worker-connections', code: 'InvalidSetting', closes: false } as const;
  const expected = `0, or a whole number from ${FEWEST_CONNECTIONS}`;
  return [{ ...facts, expected, received: String(wanted), consequence: `using ${used}` }];
};

const affinityFindings = (settings: Settings): readonly Finding[] => {
  const received = settings['worker-cpu-affinity'];
  if (received === undefined || masksOf(settings).length > 0) return [];
  const facts = { key: 'worker-cpu-affinity', code: 'InvalidSetting', closes: false } as const;
  return [
    { ...facts, expected: 'auto, or as many masks as worker-processes says', received, consequence: 'ignoring it' },
  ];
};

/** The processes of NGINX. */
export const workers = defineFamily({
  name: 'workers',
  summary: 'The processes of NGINX, and what each of them may hold.',
  keys,
  check: (settings) => [...affinityFindings(settings), ...connectionFindings(settings)],
  emitMain(settings, { main, events }) {
    const count = settings['worker-processes'];
    const files = settings['max-worker-open-files'];
    const [mask, ...masks] = masksOf(settings);
    if (count !== 'auto') main.add('worker_processes', count);
    if (files > 0) main.add('worker_rlimit_nofile', files);
    if (mask !== undefined) main.add('worker_cpu_affinity', mask, ...masks);
    main.add('worker_shutdown_timeout', settings['worker-shutdown-timeout']);
    events.add('worker_connections', connectionsOf(settings));
    events.add('multi_accept', settings['enable-multi-accept']);
  },
  emitHttp(settings, http) {
    if (!http.hasPart('threads')) return;
    http.add('aio', 'threads');
    http.add('aio_write', settings['enable-aio-write']);
  },
});
