import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { byteSize, seconds, wholeNumber, type ValueType } from './value-types.ts';

interface Buffers {
  readonly count: number;
  readonly size: number;
}

/** NGINX takes a connection's first memory from such a buffer and needs 512 bytes. */
const bufferSize = byteSize({ min: 512, max: 1024 ** 2 });

const buffers: ValueType<Buffers> = {
  label: 'a number from 1 to 1000 and a size such as 8k, from 512 bytes to 1m',
  examples: ['4 8k', '8 32k'],
  format: ({ count, size }) => `${count} ${bufferSize.format?.(size)}`,
  parse: (text) => {
    const [, count, size] = /^(\d{1,4}) +(\w+)$/.exec(text) ?? [];
    const parsed = bufferSize.parse(size ?? '');
    const isCount = Number(count) >= 1 && Number(count) <= 1_000;
    return isCount && parsed.ok ? ok({ count: Number(count), size: parsed.value }) : fail(buffers.label);
  },
};

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** How long clients may take, how large their requests may be, and how long a connection lives. */
export const connections = defineFamily({
  name: 'connections',
  summary: 'How long clients may take, how large the heads of their requests may be, and how long a connection lives.',
  keys: {
    'keep-alive': {
      ...common,
      type: wholeNumber(0, 2_000_000, 'seconds'),
      default: 75,
      doc: 'How long an idle connection of a client stays open; 0 closes it after each answer.',
    },
    'keep-alive-requests': {
      ...common,
      type: wholeNumber(0, 1_000_000_000),
      default: 1_000,
      doc: 'How many requests a client may send on one connection.',
    },
    'client-header-timeout': {
      ...common,
      type: seconds,
      default: 60,
      doc: 'How long a client may take for the head of a request.',
    },
    'client-body-timeout': {
      ...common,
      type: seconds,
      default: 60,
      doc: 'Longest silence of a client while it sends a body.',
    },
    'client-header-buffer-size': {
      ...common,
      type: bufferSize,
      default: 1024,
      doc: 'Memory for the head of an ordinary request.',
    },
    'large-client-header-buffers': {
      ...common,
      type: buffers,
      default: { count: 4, size: 8 * 1024 },
      doc: 'Number and size of the buffers for larger heads. A line must fit into one of them; else the answer is 414 or 400.',
    },
    'http2-max-concurrent-streams': {
      ...common,
      type: wholeNumber(1, 65_535),
      default: 128,
      doc: 'How many requests of one HTTP/2 connection are answered at a time.',
    },
  },
  emitHttp(settings, http) {
    const { count, size } = settings['large-client-header-buffers'];
    http.add('keepalive_timeout', settings['keep-alive']);
    http.add('keepalive_requests', settings['keep-alive-requests']);
    http.add('client_header_timeout', settings['client-header-timeout']);
    http.add('client_body_timeout', settings['client-body-timeout']);
    http.add('client_header_buffer_size', settings['client-header-buffer-size']);
    http.add('large_client_header_buffers', count, size);
    http.add('http2_max_concurrent_streams', settings['http2-max-concurrent-streams']);
    // Of a proxied request 4k are never enough: a second block costs 4 % of its processor time.
    http.add('request_pool_size', 8 * 1024);
  },
});
