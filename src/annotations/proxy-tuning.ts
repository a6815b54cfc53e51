import type { LocationDraft } from '../nginx/draft.ts';
import { defineFamily, type SettingsOf } from './define.ts';
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
} as const;

type Key = keyof typeof keys;
type Emitter = (settings: SettingsOf<typeof keys>, block: Pick<LocationDraft, 'add'>) => void;

const buffers: Emitter = (settings, block) => {
  const size = settings['proxy-buffer-size'];
  block.add('proxy_buffer_size', size);
  block.add('proxy_buffers', settings['proxy-buffers-number'], size);
  // NGINX refuses to load when fewer than one buffer or all of them may be busy, and a location inherits this size.
  block.add('proxy_busy_buffers_size', size * Math.min(2, settings['proxy-buffers-number'] - 1));
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
};

/** Time limits and buffers between NGINX and the backend; defaults stand once in `http`. */
export const proxyTuning = defineFamily({
  name: 'proxy-tuning',
  summary: 'Time limits, body size and buffers between NGINX and the backend.',
  keys,
  emitHttp(settings, http) {
    for (const emit of Object.values(emitters)) emit(settings, http);
  },
  emitLocation(settings, location, route) {
    for (const [key, emit] of Object.entries(emitters)) if (route.written.has(key)) emit(settings, location);
  },
});
