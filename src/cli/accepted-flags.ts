import {
  address,
  bool,
  duration,
  fraction,
  fractions,
  namespacedName,
  port,
  text,
  wholeNumber,
  type FlagType,
} from './flag-types.ts';

/** A flag of ingress-nginx that is checked and has no effect. */
export interface AcceptedFlag {
  readonly type: FlagType;
  readonly default?: string;
  /** The value that asks for what happens anyway: nobody has to be told. */
  readonly asIs?: string;
}

/** Flags that have no effect for the same reason. */
export interface AcceptedGroup {
  /** `unneeded`: nobody will miss it · `missing`: what it asks for does not happen. */
  readonly verdict: 'unneeded' | 'missing';
  readonly reason: string;
  readonly flags: Readonly<Record<string, AcceptedFlag>>;
}

const BUCKETS = '10,20,30,40,50,60,70,80,90,100';

/** Flags of ingress-nginx without effect. None of them keeps anything from being served. */
export const acceptedFlags: readonly AcceptedGroup[] = [
  {
    verdict: 'missing',
    reason: 'The status of Ingresses is not written yet, and no Lease is taken.',
    flags: {
      'publish-service': { type: namespacedName },
      'publish-status-address': { type: text('addresses') },
      'update-status': { type: bool, default: 'true', asIs: 'false' },
      'update-status-on-shutdown': { type: bool, default: 'true', asIs: 'false' },
      'status-update-interval': { type: wholeNumber, default: '60' },
      'report-node-internal-ip-address': { type: bool, default: 'false', asIs: 'false' },
      'election-id': { type: text('name'), default: 'ingress-controller-leader' },
      'election-ttl': { type: duration, default: '30s' },
      'disable-leader-election': { type: bool, default: 'false', asIs: 'true' },
    },
  },
  {
    verdict: 'missing',
    reason:
      'There is no admission webhook yet; a ValidatingWebhookConfiguration that still leads here keeps the API server from taking Ingresses, so delete it.',
    flags: {
      'validating-webhook': { type: text('address') },
      'validating-webhook-certificate': { type: text('file') },
      'validating-webhook-key': { type: text('file') },
      'disable-full-test': { type: bool, default: 'false', asIs: 'false' },
    },
  },
  {
    verdict: 'missing',
    reason: 'There are metrics of the controller, always, and none of requests yet.',
    flags: {
      'enable-metrics': { type: bool, default: 'false', asIs: 'false' },
      'metrics-per-host': { type: bool, default: 'true' },
      'metrics-per-undefined-host': { type: bool, default: 'false', asIs: 'false' },
      'report-status-classes': { type: bool, default: 'false', asIs: 'false' },
      'time-buckets': { type: fractions, default: '0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10' },
      'length-buckets': { type: fractions, default: BUCKETS },
      'size-buckets': { type: fractions, default: '10,100,1000,10000,100000,1000000,10000000' },
      'bucket-factor': { type: fraction, default: '0' },
      'max-buckets': { type: wholeNumber, default: '100' },
      'exclude-socket-metrics': { type: text('names') },
      'monitor-max-batch-size': { type: wholeNumber, default: '10000' },
    },
  },
  {
    verdict: 'missing',
    reason: 'Certificates are served as they stand: put the intermediates into the Secret.',
    flags: { 'enable-ssl-chain-completion': { type: bool, default: 'false', asIs: 'false' } },
  },
  {
    verdict: 'missing',
    reason: 'Zone hints are not followed yet: Pods of all zones serve.',
    flags: { 'enable-topology-aware-routing': { type: bool, default: 'false', asIs: 'false' } },
  },
  {
    verdict: 'missing',
    reason: 'GeoIP databases are not downloaded.',
    flags: {
      'maxmind-mirror': { type: text('url') },
      'maxmind-license-key': { type: text('key') },
      'maxmind-edition-ids': { type: text('names'), default: 'GeoLite2-City,GeoLite2-ASN' },
      'maxmind-retries-count': { type: wholeNumber, default: '1' },
      'maxmind-retries-timeout': { type: duration, default: '0s' },
    },
  },
  {
    verdict: 'missing',
    reason: 'Annotations, hosts and paths are always validated, and what is invalid is never served.',
    flags: {
      'enable-annotation-validation': { type: bool, default: 'true', asIs: 'true' },
      'deep-inspect': { type: bool, default: 'true', asIs: 'true' },
    },
  },
  {
    verdict: 'unneeded',
    reason: 'Changes arrive by watches and reloads keep their own pace.',
    flags: {
      'sync-period': { type: duration, default: '0' },
      'sync-rate-limit': { type: fraction, default: '0.3' },
    },
  },
  {
    verdict: 'unneeded',
    reason: 'NGINX ends in its own container, told by SHUTDOWN_GRACE_PERIOD, which the chart sets from the flag.',
    flags: { 'shutdown-grace-period': { type: wholeNumber, default: '0' } },
  },
  {
    verdict: 'unneeded',
    reason: 'The Pod ends when the last connection has ended.',
    flags: { 'post-shutdown-grace-period': { type: wholeNumber, default: '10' } },
  },
  {
    verdict: 'unneeded',
    reason: 'NGINX answers such requests without a port of its own.',
    flags: {
      'default-server-port': { type: port, default: '8181' },
      'ssl-passthrough-proxy-port': { type: port, default: '442' },
    },
  },
  {
    verdict: 'unneeded',
    reason: 'ingress-nginx does not use it any more.',
    flags: { 'health-check-timeout': { type: wholeNumber, default: '10' } },
  },
  {
    verdict: 'unneeded',
    reason: 'It belongs to Lua, Go or the chroot image, which are not here.',
    flags: {
      'stream-port': { type: port, default: '10247' },
      'dynamic-configuration-retries': { type: wholeNumber, default: '15' },
      profiling: { type: bool, default: 'true', asIs: 'false' },
      'profiler-port': { type: port, default: '10245' },
      'profiler-address': { type: address, default: '127.0.0.1' },
      'internal-logger-address': { type: text('address'), default: '127.0.0.1:11514' },
    },
  },
  {
    verdict: 'unneeded',
    reason: 'The log has one format and goes to stderr.',
    flags: {
      vmodule: { type: text('pattern') },
      logtostderr: { type: bool, default: 'true', asIs: 'true' },
      alsologtostderr: { type: bool, default: 'false' },
      stderrthreshold: { type: text('level'), default: 'ERROR' },
      log_dir: { type: text('folder') },
      log_file: { type: text('file') },
      log_file_max_size: { type: wholeNumber, default: '1800' },
      log_backtrace_at: { type: text('place'), default: ':0' },
      skip_headers: { type: bool, default: 'false' },
      skip_log_headers: { type: bool, default: 'false' },
      add_dir_header: { type: bool, default: 'false' },
      one_output: { type: bool, default: 'false' },
    },
  },
];
