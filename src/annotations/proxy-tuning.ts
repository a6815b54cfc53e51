import { defineFamily, formatValue, type CheckContext, type Finding, type SettingsOf } from './define.ts';
import { inherited, type KeyEmitters } from './inherited.ts';
import { byteSize, onOff, seconds, wholeNumber } from './value-types.ts';

const KIB = 1024;
const common = { source: 'both', scope: 'location', onInvalid: 'default', compat: 'same' } as const;

const keys = {
  'proxy-connect-timeout': {
    ...common,
    type: seconds,
    default: 5,
    risk: 'Low',
    doc: 'How long NGINX waits for a connection to the backend.',
  },
  'proxy-send-timeout': {
    ...common,
    type: seconds,
    default: 60,
    risk: 'Low',
    doc: 'Longest pause between two writes to the backend.',
  },
  'proxy-read-timeout': {
    ...common,
    type: seconds,
    default: 60,
    risk: 'Low',
    doc: 'Longest silence between two reads from the backend; also the idle limit of a WebSocket.',
  },
  'proxy-body-size': {
    ...common,
    type: byteSize({ min: 0, max: 2 ** 50 }),
    default: KIB ** 2,
    risk: 'Medium',
    doc: 'Largest request body; a larger one is answered with 413. 0 means no limit.',
  },
  'proxy-buffering': {
    ...common,
    type: onOff,
    default: false,
    risk: 'Low',
    doc: 'Whether NGINX collects the answer of the backend before it sends it on.',
  },
  'proxy-request-buffering': {
    ...common,
    type: onOff,
    default: true,
    risk: 'Low',
    doc: 'Whether NGINX collects the request body before it asks the backend.',
  },
  'proxy-buffer-size': {
    ...common,
    type: byteSize({ min: KIB, max: 16 * KIB ** 2 }),
    default: 4 * KIB,
    risk: 'Low',
    doc: 'Buffer for the head of the answer, and size of each further buffer. Large cookies need 16k.',
  },
  'proxy-buffers-number': {
    ...common,
    type: wholeNumber(2, 1024),
    default: 4,
    risk: 'Low',
    doc: 'How many buffers an answer may use.',
  },
  'proxy-busy-buffers-size': {
    ...common,
    type: byteSize({ min: KIB, max: 16 * KIB ** 3 }),
    risk: 'Low',
    doc: 'How much of the buffers may be on its way to the client while the answer is still being read; two buffers where it is not set. At least one buffer, and one less than there are.',
  },
  'proxy-max-temp-file-size': {
    ...common,
    type: byteSize({ min: 0, max: 2 ** 40 }),
    default: KIB ** 3,
    risk: 'Low',
    doc: 'Largest temporary file for an answer that does not fit into the buffers, at least one buffer. 0 means none.',
  },
  'client-body-buffer-size': {
    ...common,
    type: byteSize({ min: KIB, max: KIB ** 3 }),
    default: 8 * KIB,
    risk: 'Low',
    doc: 'A larger request body is written to a temporary file.',
  },
  'grpc-buffer-size-kb': {
    ...common,
    source: 'configmap',
    scope: 'http',
    type: wholeNumber(0, 16_384, 'KiB'),
    default: 0,
    risk: 'Low',
    doc: 'Buffer for the head of the answer of a gRPC backend, in KiB; 0 means one page of memory.',
  },
} as const;

type Key = keyof typeof keys;
type Settings = SettingsOf<typeof keys>;
type Emitter = KeyEmitters<Settings>[string];

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** Sizes that NGINX loads: it refuses when fewer than one buffer or all of them may be busy, or a file is smaller than one. */
const fitting = (settings: Settings): { readonly busy: number; readonly file: number } => {
  const size = settings['proxy-buffer-size'];
  const allButOne = size * (settings['proxy-buffers-number'] - 1);
  const file = settings['proxy-max-temp-file-size'];
  return {
    busy: within(settings['proxy-busy-buffers-size'] ?? 2 * size, size, allButOne),
    file: file === 0 ? 0 : Math.max(file, size),
  };
};

/** All of them together, because a location that names one inherits the others. */
const buffers: Emitter = (settings, block) => {
  const size = settings['proxy-buffer-size'];
  const { busy, file } = fitting(settings);
  block.add('proxy_buffer_size', size);
  block.add('proxy_buffers', settings['proxy-buffers-number'], size);
  block.add('proxy_busy_buffers_size', busy);
  block.add('proxy_max_temp_file_size', file);
};

/** What the object itself says, or inherits beside other buffers, and cannot have. */
const misfits = (settings: Settings, { written, invalid }: CheckContext): readonly Finding[] => {
  const { busy, file } = fitting(settings);
  const used = { 'proxy-busy-buffers-size': busy, 'proxy-max-temp-file-size': file } as const;
  const otherBuffers = written.has('proxy-buffer-size') || written.has('proxy-buffers-number');
  return (['proxy-busy-buffers-size', 'proxy-max-temp-file-size'] as const).flatMap((key): Finding[] => {
    const asked = settings[key];
    if (asked === undefined || asked === used[key] || !(otherBuffers || written.has(key))) return [];
    const expected = 'a size that fits proxy-buffer-size and proxy-buffers-number';
    const consequence = `using ${formatValue(keys[key], used[key])}`;
    return [{ key, code: invalid, expected, received: formatValue(keys[key], asked), closes: false, consequence }];
  });
};

const emitters: Readonly<Record<Key, Emitter>> = {
  'proxy-connect-timeout': (settings, block) => {
    block.add('proxy_connect_timeout', settings['proxy-connect-timeout']);
    block.add('grpc_connect_timeout', settings['proxy-connect-timeout']);
  },
  'proxy-send-timeout': (settings, block) => {
    block.add('proxy_send_timeout', settings['proxy-send-timeout']);
    block.add('grpc_send_timeout', settings['proxy-send-timeout']);
  },
  'proxy-read-timeout': (settings, block) => {
    block.add('proxy_read_timeout', settings['proxy-read-timeout']);
    block.add('grpc_read_timeout', settings['proxy-read-timeout']);
  },
  'proxy-body-size': (settings, block) => block.add('client_max_body_size', settings['proxy-body-size']),
  'proxy-buffering': (settings, block) => block.add('proxy_buffering', settings['proxy-buffering']),
  'proxy-request-buffering': (settings, block) =>
    block.add('proxy_request_buffering', settings['proxy-request-buffering']),
  'proxy-buffer-size': buffers,
  'proxy-buffers-number': buffers,
  'proxy-busy-buffers-size': buffers,
  'proxy-max-temp-file-size': buffers,
  'client-body-buffer-size': (settings, block) =>
    block.add('client_body_buffer_size', settings['client-body-buffer-size']),
  'grpc-buffer-size-kb': (settings, block) => {
    const size = settings['grpc-buffer-size-kb'];
    if (size > 0) block.add('grpc_buffer_size', size * KIB);
  },
};

/** Time limits and buffers between NGINX and the backend; defaults stand once in `http`. */
export const proxyTuning = defineFamily({
  name: 'proxy-tuning',
  summary: 'Time limits, body size and buffers between NGINX and the backend.',
  keys,
  check: misfits,
  ...inherited(emitters),
});
