import { parseCidr } from '../values/cidr.ts';
import { isRecord } from '../values/record.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { PROTOCOL_VERSION } from './layout.ts';
import {
  ENDPOINT_SUFFIX,
  type Desired,
  type EndpointShard,
  type NameAnswer,
  type NginxError,
  type Status,
} from './messages.ts';
import { count, dictionary, flag, list, object, oneOf, parseJson, text, type Schema } from './schema.ts';

/** Size above which a status is refused unread. */
export const MAX_STATUS_BYTES = 256 * 1024;

/** How much of NGINX's complaint a status carries. */
export const MAX_ERRORS = 20;
const MAX_TEXT = 500;

const anyText = text(/^[\s\S]{0,500}$/, `text of at most ${MAX_TEXT} characters`);
const digest = text(/^[0-9a-f]{8,64}$/, 'a digest');
const digestOrWord = text(/^(?:[0-9a-f]{8,64}|bootstrap|unknown)$/, 'a digest, bootstrap or unknown');
const fileName = text(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/, 'a file name');
const hostName = text(/^[!-~]{1,253}$/, 'a host name or an IP address');

const endpointName: Schema<string> = (value, path) =>
  typeof value === 'string' &&
  value.length <= 253 &&
  /^(?:[a-z0-9-]{1,63}\.)+[a-z]+$/.test(value) &&
  value.endsWith(ENDPOINT_SUFFIX)
    ? ok(value)
    : fail(`${path} to be a lower-case name below ${ENDPOINT_SUFFIX}`);

const address =
  (family: 'IPv4' | 'IPv6'): Schema<string> =>
  (value, path) => {
    const isAddress = typeof value === 'string' && !value.includes('/') && parseCidr(value).ok;
    return isAddress && value.includes(':') === (family === 'IPv6')
      ? ok(value)
      : fail(`${path} to be an ${family} address`);
  };

const MAX_ADDRESSES = 100_000;
const addresses = object<Extract<NameAnswer, { readonly ipv4: unknown }>>({
  ipv4: list(address('IPv4'), MAX_ADDRESSES),
  ipv6: list(address('IPv6'), MAX_ADDRESSES),
});
const external = object<Extract<NameAnswer, { readonly external: unknown }>>({ external: hostName });

const nameAnswer: Schema<NameAnswer> = (value, path) =>
  isRecord(value) && Object.hasOwn(value, 'external') ? external(value, path) : addresses(value, path);

/** A version that this release does not speak is said as such, before anything else of the message is looked at. */
const versioned =
  <T>(schema: Schema<T>): Schema<T> =>
  (value, path) => {
    const version = isRecord(value) ? value['protocol'] : undefined;
    if (version === PROTOCOL_VERSION) return schema(value, path);
    const got = JSON.stringify(version)?.slice(0, 20);
    const advice = 'controller and agent must be of one release';
    return fail(`${path} to speak protocol ${PROTOCOL_VERSION}, got ${got}: ${advice}`);
  };

const desired: Schema<Desired> = versioned(
  object<Desired>({ protocol: count, digest, attempt: count, runtimeRevision: digest, shards: list(fileName, 10_000) }),
);

const shard = object<EndpointShard>({ names: dictionary(endpointName, nameAnswer) });

const nginxError = object<NginxError>({ file: { optional: anyText }, line: { optional: count }, text: anyText });

const status: Schema<Status> = versioned(
  object<Status>({
    protocol: count,
    phase: oneOf(['starting', 'testing', 'loading', 'live', 'refused', 'failed']),
    digest: { optional: digest },
    attempt: { optional: count },
    errors: list(nginxError, MAX_ERRORS),
    live: { optional: digest },
    runtimeRevision: { optional: digest },
    generations: list(object<Status['generations'][number]>({ digest: digestOrWord, workers: count }), 500),
    nginx: object<Status['nginx']>({
      version: text(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, 'a version'),
      modules: list(text(/^[a-z0-9_]{1,60}$/, 'a module name'), 200),
      ipv6: flag,
    }),
  }),
);

/** Reads `desired/current.json`. */
export const parseDesired = (source: string): Result<Desired> => parseJson(source, desired, 'current.json');

/** Reads a file of `desired/endpoints/`. */
export const parseShard = (source: string): Result<EndpointShard> => parseJson(source, shard, 'endpoints');

/** Reads `report/status.json`, which the controller takes for hostile. */
export const parseStatus = (source: string): Result<Status> =>
  source.length > MAX_STATUS_BYTES
    ? fail(`status.json to have at most ${MAX_STATUS_BYTES} bytes`)
    : parseJson(source, status, 'status.json');

/** The text of `desired/current.json`. */
export const encodeDesired = (value: Desired): string => `${JSON.stringify(value)}\n`;

/** The text of a file of `desired/endpoints/`. */
export const encodeShard = (value: EndpointShard): string => `${JSON.stringify(value)}\n`;

const shorten = (error: NginxError): NginxError => ({
  ...error,
  ...(error.file === undefined ? {} : { file: error.file.slice(0, MAX_TEXT) }),
  text: error.text.slice(0, MAX_TEXT),
});

/** The text of `report/status.json`; complaints beyond what a status may carry are cut off. */
export const encodeStatus = (value: Status): string =>
  `${JSON.stringify({ ...value, errors: value.errors.slice(0, MAX_ERRORS).map(shorten) })}\n`;
