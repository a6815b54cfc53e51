import { parseCidr } from '../values/cidr.ts';
import { fail, ok } from '../values/result.ts';
import { defaultLogFormat, logFormat } from './log-format.ts';
import { patternList } from './pattern-list.ts';
import { defaultStreamFormat, streamFormat } from './stream-log-format.ts';
import { bool, cidrList, oneOf, wholeNumber, type ValueType } from './value-types.ts';

const onRoute = { source: 'annotation', scope: 'location', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const everywhere = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** A name that does not resolve would keep NGINX from starting. */
const address: ValueType<string> = {
  label: 'an IP address',
  examples: ['10.0.0.9', '2001:db8::9'],
  parse: (text) => {
    const parsed = text.includes('/') ? fail('') : parseCidr(text);
    return parsed.ok ? ok(parsed.value.replace(/\/\d+$/, '')) : fail('an IP address');
  },
};

const BUFFERED = /^(buffer=[1-9]\d{0,3}[km]|gzip(=[1-9])?)$/;
const FLUSH = /^flush=[1-9]\d{0,3}(ms|s|m)$/;

const accessLogParams: ValueType<readonly string[]> = {
  label: 'buffer=SIZE, gzip, gzip=LEVEL and flush=TIME, separated by spaces; flush only beside another',
  examples: ['buffer=16k flush=5s', 'buffer=64k'],
  format: (words) => words.join(' '),
  parse: (text) => {
    const words = text.split(/ +/);
    const kinds = new Set(words.map((word) => word.split('=')[0]));
    const isBuffered = words.some((word) => BUFFERED.test(word));
    const known = words.every((word) => BUFFERED.test(word) || FLUSH.test(word));
    return known && isBuffered && kinds.size === words.length ? ok(words) : fail(accessLogParams.label);
  },
};

/** Keys of Ingresses and of the ConfigMap. */
export const logKeys = {
  'enable-access-log': {
    ...onRoute,
    type: bool,
    default: true,
    doc: 'Whether requests to the paths of the Ingress stand in the access log.',
  },
  'enable-rewrite-log': {
    ...onRoute,
    type: bool,
    default: false,
    doc: 'Whether the error log says how requests were rewritten.',
  },
  'disable-access-log': {
    ...everywhere,
    type: bool,
    default: false,
    doc: 'Switches the access log off, also for TCP and UDP services.',
  },
  'disable-http-access-log': {
    ...everywhere,
    type: bool,
    default: false,
    doc: 'Switches the access log off for every route that speaks HTTP, which all do.',
  },
  'enable-access-log-for-default-backend': {
    ...everywhere,
    type: bool,
    default: false,
    doc: 'Whether requests that no Ingress wants stand in the access log.',
  },
  'log-format-upstream': {
    ...everywhere,
    type: logFormat,
    default: defaultLogFormat,
    doc: 'A line of the access log. Variables of NGINX may stand in it, and of ingress-nginx namespace, ingress_name, service_name, service_port, location_path, proxy_upstream_name, proxy_alternative_upstream_name, req_id, pass_access_scheme, pass_port, pass_server_port, the_real_ip and those of use-geoip2, in whose place nothing is written where no database has them.',
  },
  'log-format-escape-json': { ...everywhere, type: bool, default: false, doc: 'Escapes values as JSON needs it.' },
  'log-format-escape-none': {
    ...everywhere,
    type: bool,
    default: false,
    doc: 'Escapes nothing, also beside log-format-escape-json: clients can then write lines of their own into the log.',
  },
  'access-log-params': {
    ...everywhere,
    type: accessLogParams,
    default: [],
    doc: 'How NGINX collects lines before it writes them; not with enable-syslog.',
  },
  'skip-access-log-urls': {
    ...everywhere,
    type: patternList,
    default: [],
    doc: 'Requests with such a path and query do not stand in the access log.',
  },
  'error-log-level': {
    ...everywhere,
    type: oneOf(['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg']),
    default: 'notice',
    doc: 'What the error log holds: this and everything worse.',
  },
  'enable-syslog': {
    ...everywhere,
    type: bool,
    default: false,
    doc: 'Sends both logs to syslog-host, in place of the output of the container.',
  },
  'syslog-host': {
    ...everywhere,
    type: address,
    compat: 'differs',
    doc: 'Where syslog listens. A host name is refused, because NGINX does not start where it does not resolve.',
  },
  'syslog-port': { ...everywhere, type: wholeNumber(1, 65_535), default: 514, doc: 'The UDP port of syslog.' },
  'disable-stream-access-log': {
    ...everywhere,
    type: bool,
    default: false,
    doc: 'Switches the access log off for TCP and UDP services and TLS that is passed through.',
  },
  'log-format-stream': {
    ...everywhere,
    type: streamFormat,
    default: defaultStreamFormat,
    doc: 'A line of the access log about a connection of a TCP or UDP service. Variables of the stream modules of NGINX may stand in it.',
  },
  'debug-connections': {
    ...everywhere,
    type: cidrList,
    default: [],
    compat: 'differs',
    doc: 'Clients of whose connections the error log tells everything. Has no effect with an NGINX that was built without --with-debug, which would not start; that of ingress-nginx has it.',
  },
} as const;
