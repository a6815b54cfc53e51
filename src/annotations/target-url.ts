import type { Callee } from '../model/route-draft.ts';
import type { Complex } from '../nginx/expression.ts';
import { ipFamily } from '../values/ip-family.ts';
import { parseHostName } from '../values/host-name.ts';
import { fail, ok } from '../values/result.ts';
import { requestText, requestVariables } from './request-text.ts';
import type { ValueType } from './value-types.ts';

/** A URL that requests are sent to; `text` is what was written. */
export interface TargetUrl {
  readonly text: string;
  readonly server: Callee & { readonly host: string };
  /** Path and query; absent where the URL ends with the server. */
  readonly path?: Complex;
}

const URL_FORM = /^(?<scheme>https?):\/\/(?<host>[^/:?$]+)(?::(?<port>\d{1,5}))?(?<path>(?:\/|\$\{?request_uri\b).*)?$/;
const PATH_CHARACTERS = /^[A-Za-z0-9\-._~/:?&=,%@!;()*+']+$/;

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** The agent leads nobody there: this machine, its link, everybody. */
const OUT_OF_REACH = /^(0|127|169\.254|22[4-9]|23\d)\.|^255\.255\.255\.255$/;

/** A host that a URL may name: one without a dot, or of this machine, means something else wherever it is asked. */
export const serverHost = (text: string): string | undefined => {
  const host = parseHostName(text);
  if (!host.ok || host.value.startsWith('*.')) return undefined;
  const isName = /\.[a-z0-9-]*[a-z][a-z0-9-]*$/.test(host.value) && !host.value.endsWith('.localhost');
  const isAddress = ipFamily(host.value) === 4 && !OUT_OF_REACH.test(host.value);
  return isName || isAddress ? host.value : undefined;
};

const serverOf = ({
  scheme,
  host = '',
  port,
}: Readonly<Record<string, string | undefined>>): TargetUrl['server'] | undefined => {
  const name = serverHost(host);
  const number = port === undefined ? DEFAULT_PORTS[scheme === 'https' ? 'https' : 'http'] : Number(port);
  if (name === undefined || number < 1 || number > 65_535) return undefined;
  return { scheme: scheme === 'https' ? 'https' : 'http', host: name, port: number };
};

/** A URL whose server is written out: a client that chose it could make NGINX ask anybody. */
export const targetUrl: ValueType<TargetUrl> = {
  label: `an http or https URL of a full DNS name or an IPv4 address of another machine, whose path may have ${requestVariables}`,
  examples: ['http://echo.default.svc.cluster.local:8080$request_uri', 'https://mirror.example.com/copies'],
  format: ({ text }) => text,
  parse: (text) => {
    const { path: written, ...parts } = URL_FORM.exec(text)?.groups ?? {};
    const server = serverOf(parts);
    const path = written === undefined ? undefined : requestText(written, PATH_CHARACTERS);
    if (server === undefined || (written !== undefined && path === undefined)) return fail(targetUrl.label);
    return ok({ text, server, ...(path === undefined ? {} : { path }) });
  },
};
