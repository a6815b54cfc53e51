import { printableVariables, type Expression, type VariableName } from '../nginx/expression.ts';
import { readParts } from '../nginx/text-parts.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** Names of ingress-nginx for what has another name here. */
const ALIASES: Readonly<Record<string, VariableName>> = {
  pass_access_scheme: 'pt_access_scheme',
  pass_port: 'pt_port',
  pass_server_port: 'server_port',
  req_id: 'pt_request_id',
  the_real_ip: 'remote_addr',
};

const PRINTABLE: ReadonlySet<string> = new Set(printableVariables);
const OF_HEADER = /^(http|upstream_http|sent_http)_[a-z0-9_]{1,60}$/;

/** The variable that may stand in a header under this name of NGINX or ingress-nginx. */
export const headerVariable = (name: string): VariableName | undefined => {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  return PRINTABLE.has(name) || OF_HEADER.test(name) ? (name as VariableName) : undefined;
};

/** Text with variables, whose names NGINX takes in any case; the error completes "expected …". */
export const parseVariableText = <V extends string = VariableName>(
  text: string,
  variableOf: (name: string) => V | undefined,
): Result<{ readonly parts: readonly (string | { readonly variable: V })[] }> => {
  const parts = readParts(text, {
    variable: (name) => {
      const variable = variableOf(name.toLowerCase());
      return variable === undefined ? undefined : { variable };
    },
  });
  return parts.ok ? ok({ parts: parts.value }) : fail(`variables that may stand here, not ${parts.error}`);
};

/** Text of a header, in which variables stand that no client can fill with control characters. */
export const parseHeaderText = (text: string): Result<Expression> => parseVariableText(text, headerVariable);
