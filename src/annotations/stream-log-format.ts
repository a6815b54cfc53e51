import { formatWith, parsed, type LogFormat } from './log-format.ts';
import type { ValueType } from './value-types.ts';

const NAMES =
  'binary_remote_addr bytes_received bytes_sent connection hostname msec nginx_version pid protocol proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port realip_remote_addr realip_remote_port remote_addr remote_port server_addr server_port session_time ssl_preread_alpn_protocols ssl_preread_protocol ssl_preread_server_name status time_iso8601 time_local upstream_addr upstream_bytes_received upstream_bytes_sent upstream_connect_time upstream_first_byte_time upstream_session_time';

const VARIABLES: ReadonlySet<string> = new Set(NAMES.split(' '));

const variableOf = (name: string): string | undefined => (VARIABLES.has(name) ? name : undefined);

const DEFAULT_TEXT = '[$remote_addr] [$time_local] $protocol $status $bytes_sent $bytes_received $session_time';

/** One line about a connection whose bytes are passed on. */
export const streamFormat: ValueType<LogFormat> = formatWith(
  ['$remote_addr $upstream_addr $status', '{"client": "$remote_addr", "seconds": "$session_time"}'],
  variableOf,
);

/** That of ingress-nginx. */
export const defaultStreamFormat: LogFormat = parsed(DEFAULT_TEXT, variableOf);
