import { expect, test } from 'vitest';
import { keyExpression } from './key-expression.ts';

test.each([
  ['$request_uri', [{ variable: 'request_uri' }]],
  ['${request_uri}', [{ variable: 'request_uri' }]],
  ['${HTTP_X_Key}-text', [{ variable: 'http_x_key' }, '-text']],
  ['$host$arg_k-x', [{ variable: 'host' }, { variable: 'arg_k' }, '-x']],
  ['user-$cookie_id', ['user-', { variable: 'cookie_id' }]],
])('%s is read as text and variables', (text, parts) => {
  expect(keyExpression.parse(text)).toEqual({ ok: true, value: { text, expression: { parts } } });
});

test.each([
  ['nothing', ''],
  ['a constant, which sends everybody to one pod', 'constant'],
  ['a capture', '$1'],
  ['a variable that NGINX does not have', '$nonsense'],
  ['a variable of ours', '$pt_dollar'],
  ['a variable that is not closed', '${host'],
  ['a lone dollar', '$host$'],
  ['a header without a name', '$http_'],
  ['a name that is too long', `$arg_${'a'.repeat(61)}`],
  ['more than a value', '$host; ip_hash'],
  ['what takes a grammar with alternatives ages to refuse', `${'$host'.repeat(500)}${'a'.repeat(1_000)}!`],
  ['a newline', '$host\n'],
])('%s is refused', (_, text) => {
  expect(keyExpression.parse(text).ok).toBe(false);
});
