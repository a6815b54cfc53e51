import type { Complex, VariableName } from '../nginx/expression.ts';

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

type Part = string | { readonly variable: VariableName };

const partOf = (text: string, literal: RegExp): Part | undefined => {
  if (!text.startsWith('$')) return literal.test(text) ? text : undefined;
  const name = text.replaceAll(/[${}]/g, '');
  return isVariable(name) ? { variable: name } : undefined;
};

/** Names of the variables that `requestText` takes, for descriptions. */
export const requestVariables = [...VARIABLES].map((name) => `$${name}`).join(' ');

/** Text of such literals and variables of the request; a plain string where it has no variable. */
export const requestText = (text: string, literal: RegExp): Complex | undefined => {
  const found = text.split(/(\$\{\w+\}|\$\w+)/).filter((part) => part !== '');
  const parts = found.map((one) => partOf(one, literal)).filter((part) => part !== undefined);
  if (parts.length < found.length) return undefined;
  return parts.every((part) => typeof part === 'string') ? text : { parts };
};
