import type { HttpDraft } from '../nginx/draft.ts';
import { expr } from '../nginx/expression.ts';
import { defineFamily, type Finding, type SettingsOf } from './define.ts';
import { withoutMissing } from './geo-variables.ts';
import { names, ROUTE_VARIABLES } from './log-format.ts';
import { logKeys } from './log-keys.ts';
import { patternLines } from './pattern-list.ts';
import type { References } from './references.ts';

type Settings = SettingsOf<typeof logKeys>;

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

const hostlessSyslog = (settings: Settings): readonly Finding[] =>
  settings['enable-syslog'] && settings['syslog-host'] === undefined
    ? [
        {
          key: 'enable-syslog',
          code: 'InvalidSetting',
          expected: 'syslog-host beside it',
          received: 'true',
          closes: false,
          consequence: 'writing to the output of the container',
        },
      ]
    : [];

const lineOf = (settings: Settings, references: References): ReturnType<typeof withoutMissing<string>> => {
  const { parts } = settings['log-format-upstream'].expression;
  // As NGINX writes a variable without a value.
  return withoutMissing(parts, references, escapeOf(settings) === 'default' ? '-' : '');
};

const placeless = (settings: Settings, references: References): readonly Finding[] =>
  lineOf(settings, references).missing.map((variable) => ({
    key: 'log-format-upstream',
    code: 'InvalidSetting',
    expected: 'use-geoip2 and a database that has the variable',
    received: `$${variable}`,
    closes: false,
    consequence: 'writing nothing in its place',
  }));

/** What NGINX writes down. */
export const logs = defineFamily({
  name: 'logs',
  summary: 'Which requests NGINX writes down, how, and what it says of errors.',
  keys: logKeys,
  check: (settings, { invalid, references }) =>
    invalid === 'InvalidSetting' ? [...hostlessSyslog(settings), ...placeless(settings, references)] : [],
  emitMain(settings, { main, events, hasPart }) {
    main.add('error_log', syslogOf(settings) ?? 'stderr', settings['error-log-level']);
    // An NGINX without it warns, and a warning stops the publication.
    if (!hasPart('debug')) return;
    for (const network of settings['debug-connections']) events.add('debug_connection', network);
  },
  emitStream(settings, stream) {
    stream.add('log_format', 'streaminfo', 'escape=default', settings['log-format-stream'].expression);
    const isOff = settings['disable-access-log'] || settings['disable-stream-access-log'];
    if (isOff || stream.accessLog === 'off') return stream.add('access_log', 'off');
    stream.add('access_log', { file: stream.accessLog }, 'streaminfo');
  },
  emitHttp(settings, http, { references }) {
    const format = settings['log-format-upstream'];
    http.add('log_format', 'upstreaminfo', `escape=${escapeOf(settings)}`, lineOf(settings, references));
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
