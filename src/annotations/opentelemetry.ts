import type { DirectiveSink, HttpDraft } from '../nginx/draft.ts';
import { expr, type Complex } from '../nginx/expression.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily, whenOn, type CheckContext, type Finding, type SettingsOf } from './define.ts';
import { bool, oneOf, textMatching, wholeNumber, type ValueType } from './value-types.ts';
import { parseHeaderText } from './variable-text.ts';

/** The name of a span; `text` is what was written. */
interface SpanName {
  readonly text: string;
  readonly value: Complex;
}

const spanName: ValueType<SpanName> = {
  label: 'letters, digits, spaces, / . _ - and variables such as $request_method',
  examples: ['shop', 'HTTP $request_method'],
  format: ({ text }) => text,
  parse: (text) => {
    const value = /^[A-Za-z0-9_$ ./-]{1,200}$/.test(text) ? parseHeaderText(text) : fail(spanName.label);
    return value.ok ? ok({ text, value: value.value }) : value;
  },
};

/** Hundredths of a percent, which NGINX divides requests by. */
const ratio: ValueType<number> = {
  label: 'a number from 0 to 1',
  examples: ['0.01', '1'],
  format: (value) => String(value / 10_000),
  parse: (text) => {
    const value = /^\d(\.\d{1,10})?$/.test(text) ? Math.round(Number(text) * 10_000) : Number.NaN;
    return value <= 10_000 ? ok(value) : fail(ratio.label);
  },
};

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const ofRoute = { ...common, source: 'both', scope: 'location' } as const;
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

const keys = {
  'enable-opentelemetry': {
    ...ofRoute,
    type: bool,
    default: false,
    needs: whenOn('otel_module'),
    compat: 'differs',
    doc: 'Whether spans of requests are sent to the collector; needs otlp-collector-host and an NGINX with ngx_otel_module, as nginx.org packs it. ingress-nginx has another module, whose spans carry other attributes.',
  },
  'opentelemetry-trust-incoming-span': {
    ...ofRoute,
    type: bool,
    default: true,
    doc: 'Whether a span joins the trace that the request names; otherwise it begins one. Backends are told the trace in either case, and nothing where there are no spans.',
  },
  'opentelemetry-operation-name': {
    ...ofRoute,
    type: spanName,
    risk: 'Medium',
    compat: 'differs',
    doc: 'Name of the spans; without it the name is that of the location. ingress-nginx takes any variable; here it is those of a header.',
  },
  'otlp-collector-host': {
    ...common,
    type: textMatching('a host name or an IPv4 address', DNS_NAME, 'collector.observability.svc'),
    needs: (host: unknown) => (host === undefined ? [] : (['otel_module'] as const)),
    doc: 'Where spans are sent, by OTLP over gRPC without TLS.',
  },
  'otlp-collector-port': { ...common, type: wholeNumber(1, 65_535), default: 4317, doc: 'Its port.' },
  'otel-service-name': {
    ...common,
    type: textMatching('letters, digits and . _ : / -', /^[A-Za-z0-9._:/-]{1,200}$/, 'ingress'),
    default: 'nginx',
    doc: 'Name of the service that spans belong to.',
  },
  'otel-sampler': {
    ...common,
    type: oneOf(['AlwaysOn', 'AlwaysOff', 'TraceIdRatioBased']),
    default: 'AlwaysOn',
    doc: 'Which traces are recorded: all, none, or a part of them.',
  },
  'otel-sampler-ratio': { ...common, type: ratio, default: 100, doc: 'That part, for TraceIdRatioBased.' },
  'otel-sampler-parent-based': {
    ...common,
    type: bool,
    default: true,
    doc: 'Whether a trace that the request names is recorded where its sender records it, whatever otel-sampler says.',
  },
  'otel-max-queuesize': {
    ...common,
    type: wholeNumber(1, 1_000_000, 'spans'),
    default: 2_048,
    compat: 'differs',
    doc: 'Spans that wait to be sent; further ones are lost. Rounded up to whole batches; ingress-nginx takes the number as it is.',
  },
  'otel-schedule-delay-millis': {
    ...common,
    type: wholeNumber(1, 3_600_000, 'milliseconds'),
    default: 5_000,
    doc: 'Longest time between two batches.',
  },
  'otel-max-export-batch-size': {
    ...common,
    type: wholeNumber(1, 100_000, 'spans'),
    default: 512,
    doc: 'Spans in a batch.',
  },
  'opentelemetry-config': {
    ...common,
    type: textMatching('a path', /^\/[A-Za-z0-9._/-]{1,1000}$/, '/etc/ingress-controller/telemetry/opentelemetry.toml'),
    compat: 'no-op',
    doc: 'Without effect: the configuration of NGINX says everything, and there is no such file.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

const findings = (settings: Settings, { written, invalid }: CheckContext): readonly Finding[] => {
  const key = 'enable-opentelemetry';
  if (!settings[key] || !written.has(key) || settings['otlp-collector-host'] !== undefined) return [];
  const expected = 'otlp-collector-host in the ConfigMap';
  return [{ key, code: invalid, expected, received: 'true', closes: false, consequence: 'recording no spans' }];
};

const addExporter = (settings: Settings, http: HttpDraft, host: string): void => {
  const size = settings['otel-max-export-batch-size'];
  http.addBlock('otel_exporter', (block) => {
    block.add('endpoint', `${host}:${settings['otlp-collector-port']}`);
    block.add('interval', `${settings['otel-schedule-delay-millis']}ms`);
    block.add('batch_size', size);
    block.add('batch_count', Math.ceil(settings['otel-max-queuesize'] / size));
  });
  http.add('otel_service_name', settings['otel-service-name']);
};

/** What a trace that begins here is recorded by: a word, or a variable that draws one. */
const rootSampler = (settings: Settings, http: HttpDraft): Complex => {
  const hundredths = settings['otel-sampler-ratio'];
  const draws = settings['otel-sampler'] === 'TraceIdRatioBased';
  if (!draws) return settings['otel-sampler'] === 'AlwaysOn' ? 'on' : 'off';
  if (hundredths === 0 || hundredths === 10_000) return hundredths === 0 ? 'off' : 'on';
  http.addSplit(expr`${'otel_trace_id'}`, 'pt_otel_drawn', { hundredths, drawn: 'on', rest: 'off' });
  return expr`${'pt_otel_drawn'}`;
};

const addSampler = (settings: Settings, http: HttpDraft): void => {
  const root = rootSampler(settings, http);
  http.addMap(expr`${'otel_parent_id'}`, 'pt_otel_sampled', [
    { default: settings['otel-sampler-parent-based'] ? expr`${'otel_parent_sampled'}` : root },
    { key: '', value: root },
  ]);
};

/** Without spans backends are told no trace either: they get what the client said. */
const addTrace = (settings: Settings, block: DirectiveSink): void => {
  const trusted = settings['opentelemetry-trust-incoming-span'] ? 'propagate' : 'inject';
  const on = settings['enable-opentelemetry'];
  block.add('otel_trace', on ? expr`${'pt_otel_sampled'}` : 'off');
  block.add('otel_trace_context', on ? trusted : 'ignore');
};

/** Spans of requests for a collector, where NGINX has the module. */
export const opentelemetry = defineFamily({
  name: 'opentelemetry',
  summary: 'OpenTelemetry: spans of requests for a collector, where NGINX has the module.',
  keys,
  check: findings,
  emitHttp(settings, http) {
    const host = settings['otlp-collector-host'];
    const name = settings['opentelemetry-operation-name'];
    if (host === undefined) return;
    addExporter(settings, http, host);
    addSampler(settings, http);
    if (settings['enable-opentelemetry']) addTrace(settings, http);
    if (name !== undefined) http.add('otel_span_name', name.value);
  },
  emitLocation(settings, location, { written }) {
    const name = settings['opentelemetry-operation-name'];
    if (settings['otlp-collector-host'] === undefined) return;
    if (written.has('enable-opentelemetry') || written.has('opentelemetry-trust-incoming-span'))
      addTrace(settings, location);
    if (written.has('opentelemetry-operation-name') && name !== undefined) location.add('otel_span_name', name.value);
  },
});
