import { defineFamily } from './define.ts';
import { durationOrNone } from './duration.ts';
import { bool, wholeNumber } from './value-types.ts';

const common = { source: 'configmap', scope: 'stream', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** How long and how often TCP and UDP services, and TLS that is passed through, are tried. */
export const streamProxy = defineFamily({
  name: 'stream-proxy',
  summary: 'How long and how often TCP and UDP services, and TLS that is passed through, are tried.',
  keys: {
    'proxy-stream-timeout': {
      ...common,
      type: durationOrNone,
      default: 600,
      doc: 'Ends a connection on which nothing has been sent for so long.',
    },
    'proxy-stream-next-upstream': {
      ...common,
      type: bool,
      default: true,
      doc: 'Tries another pod where one does not accept a connection.',
    },
    'proxy-stream-next-upstream-timeout': {
      ...common,
      type: durationOrNone,
      default: 600,
      doc: 'Tries other pods for so long, 0 for no limit.',
    },
    'proxy-stream-next-upstream-tries': {
      ...common,
      type: wholeNumber(0, 1000),
      default: 3,
      doc: 'Tries so many pods, 0 for all.',
    },
    'proxy-stream-responses': {
      ...common,
      type: wholeNumber(0, 1_000_000),
      default: 1,
      doc: 'Datagrams that answer one of a client of a UDP service.',
    },
  },
  emitStream(settings, stream) {
    stream.add('proxy_timeout', settings['proxy-stream-timeout']);
    stream.add('proxy_next_upstream', settings['proxy-stream-next-upstream'] ? 'on' : 'off');
    stream.add('proxy_next_upstream_timeout', settings['proxy-stream-next-upstream-timeout']);
    stream.add('proxy_next_upstream_tries', settings['proxy-stream-next-upstream-tries']);
    stream.add('proxy_responses', settings['proxy-stream-responses']);
  },
});
