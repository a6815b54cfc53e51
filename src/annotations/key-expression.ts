import type { KeyExpression, KeyVariable } from '../nginx/expression.ts';
import { readParts, variableIf } from '../nginx/text-parts.ts';
import { fail, ok } from '../values/result.ts';
import type { ValueType } from './value-types.ts';

/** Text and variables that NGINX compares or counts by; `text` is what was written. */
export interface Key {
  readonly text: string;
  readonly expression: Exclude<KeyExpression, string>;
}

const PLAIN: ReadonlySet<string> = new Set([
  'args',
  'binary_remote_addr',
  'host',
  'realip_remote_addr',
  'remote_addr',
  'remote_user',
  'request_method',
  'request_uri',
  'scheme',
  'server_port',
  'ssl_server_name',
  'uri',
] satisfies readonly KeyVariable[]);

/** NGINX knows the names of variables in lower case only. */
const isKeyVariable = (name: string): name is KeyVariable =>
  PLAIN.has(name) || /^(http|arg|cookie)_[a-z0-9_]{1,60}$/.test(name);

/** Letters, digits, `-`, `_` and variables that NGINX has for every request: an unknown one would stop it. */
export const keyExpression: ValueType<Key> = {
  label:
    'text with at least one of $request_uri, $uri, $args, $host, $remote_addr, $remote_user, $http_NAME, $arg_NAME, $cookie_NAME and the like',
  examples: ['$request_uri', '${http_x_user}-$host'],
  format: ({ text }) => text,
  parse: (text) => {
    const parts = readParts(text, {
      literal: /^[A-Za-z0-9_-]+$/,
      variable: (name) => variableIf(isKeyVariable)(name.toLowerCase()),
    });
    const hasVariable = parts.ok && parts.value.some((part) => typeof part !== 'string');
    return hasVariable ? ok({ text, expression: { parts: parts.value } }) : fail(keyExpression.label);
  },
};
