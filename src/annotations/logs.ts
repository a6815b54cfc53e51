import type { HttpDraft } from '../nginx/draft.ts';
import { expr } from '../nginx/expression.ts';
import { parseCidr } from '../values/cidr.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { defaultLogFormat, logFormat, names, ROUTE_VARIABLES } from './log-format.ts';
import { patternLines, patternList } from './pattern-list.ts';
import { bool, oneOf, wholeNumber, type ValueType } from './value-types.ts';

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

const keys = {
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
    doc: 'Switches the access log off for every route.',
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
    doc: 'A line of the access log. Variables of NGINX may stand in it, and of ingress-nginx namespace, ingress_name, service_name, service_port, location_path, proxy_upstream_name, proxy_alternative_upstream_name, req_id, pass_access_scheme, pass_port, pass_server_port and the_real_ip.',
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
} as const;

type Settings = SettingsOf<typeof keys>;

/** Where both logs go, if that is not the output of the container. */
const syslogOf = (settings: Settings): { readonly host: string; readonly port: number } | undefined => {
  const host = settings['syslog-host'];
  return settings['enable-syslog'] && host !== undefined ? { host, port: settings['syslog-port'] } : undefined;
};

const escapeOf = (settings: Settings): 'none' | 'json' | 'default' => {
  if (settings['log-format-escape-none']) return 'none';
  return settings['log-format-escape-json'] ? 'json' : 'default';
};

const isOff = (settings: Settings, http: HttpDraft): boolean =>
  http.accessLog === 'off' || settings['disable-access-log'] || settings['disable-http-access-log'];

const accessLog = (settings: Settings, http: HttpDraft): void => {
  if (isOff(settings, http)) return http.add('access_log', 'off');
  const syslog = syslogOf(settings);
  const skipped = settings['skip-access-log-urls'];
  if (skipped.length > 0)
    http.addMap(expr`${'request_uri'}`, 'pt_loggable', patternLines(skipped, { value: '0', otherwise: '1' }));
  const options = [
    ...(syslog === undefined ? settings['access-log-params'] : []),
    ...(skipped.length > 0 ? [{ when: 'pt_loggable' }] : []),
  ];
  http.add('access_log', syslog ?? { file: http.accessLog }, 'upstreaminfo', ...options);
};

/** What NGINX writes down. */
export const logs = defineFamily({
  name: 'logs',
  summary: 'Which requests NGINX writes down, how, and what it says of errors.',
  keys,
  check: (settings, { invalid }) =>
    invalid === 'InvalidSetting' && settings['enable-syslog'] && settings['syslog-host'] === undefined
      ? [
          {
            key: 'enable-syslog',
            code: invalid,
            expected: 'syslog-host beside it',
            received: 'true',
            closes: false,
            consequence: 'writing to the output of the container',
          },
        ]
      : [],
  emitMain(settings, { main }) {
    main.add('error_log', syslogOf(settings) ?? 'stderr', settings['error-log-level']);
  },
  emitHttp(settings, http) {
    const format = settings['log-format-upstream'];
    http.add('log_format', 'upstreaminfo', `escape=${escapeOf(settings)}`, format.expression);
    for (const variable of Object.values(ROUTE_VARIABLES))
      if (names(format, variable)) http.addMap(expr`${'scheme'}`, variable, [{ default: '' }]);
    accessLog(settings, http);
  },
  emitLocation(settings, location, { catchAll, names: route, path }) {
    const format = settings['log-format-upstream'];
    const isUnwanted = catchAll && route.ingress === '' && !settings['enable-access-log-for-default-backend'];
    if (!settings['enable-access-log'] || isUnwanted) location.add('access_log', 'off');
    if (settings['enable-rewrite-log']) location.add('rewrite_log', true);
    const values = [
      [ROUTE_VARIABLES.namespace, route.namespace],
      [ROUTE_VARIABLES.ingress_name, route.ingress],
      [ROUTE_VARIABLES.service_name, route.service],
      [ROUTE_VARIABLES.service_port, route.port],
      [ROUTE_VARIABLES.location_path, path],
    ] as const;
    for (const [variable, value] of values) if (names(format, variable)) location.add('set', variable, value);
  },
});
