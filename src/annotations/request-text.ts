import type { Complex, VariableName } from '../nginx/expression.ts';
import { readParts, variableIf } from '../nginx/text-parts.ts';

/** Variables that every request has, and whose value no client can fill with control characters or spaces. */
const VARIABLES: ReadonlySet<string> = new Set([
  'host',
  'http_host',
  'remote_addr',
  'request_id',
  'request_method',
  'request_uri',
  'scheme',
  'server_port',
] satisfies readonly VariableName[]);

const isVariable = (name: string): name is VariableName => VARIABLES.has(name);

/** Names of the variables that `requestText` takes, for descriptions. */
export const requestVariables = [...VARIABLES].map((name) => `$${name}`).join(' ');

/** Text of such literals and variables of the request; a plain string where it has no variable. */
export const requestText = (text: string, literal: RegExp): Complex | undefined => {
  const read = readParts(text, { literal, variable: variableIf(isVariable) });
  if (!read.ok) return undefined;
  return read.value.every((part) => typeof part === 'string') ? text : { parts: read.value };
};
