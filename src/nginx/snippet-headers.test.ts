import { describe, expect, it } from 'vitest';
import { headerEdits } from './snippet-headers.ts';

const edit = (name: string, ...args: readonly string[]): unknown => {
  const edits = headerEdits({ name, args });
  return edits.ok ? edits.value : edits.error;
};
const answer = (name: string, value: unknown): unknown => ({ of: 'answer', name, value });
const parts = (...found: readonly unknown[]): unknown => ({ parts: found });

const FORM = '"NAME: VALUE" without options or wildcards';
const VARIABLES = 'variables such as $host, $request_id, $remote_addr or $http_NAME';
const host = { variable: 'host' };

describe('headerEdits', () => {
  it.each([
    ['more_set_headers', ['X-A: b'], [answer('X-A', parts('b'))]],
    ['more_set_headers', ['X-A:b c', 'X-B:  d '], [answer('X-A', parts('b c')), answer('X-B', parts('d'))]],
    ['more_set_headers', ['X-A: a:$host${host}b'], [answer('X-A', parts('a:', host, host, 'b'))]],
    ['more_set_headers', ['X-A:'], [answer('X-A', '')]],
    ['more_set_headers', ['X-A'], [answer('X-A', '')]],
    ['more_clear_headers', ['X-A', 'X-B'], [answer('X-A', ''), answer('X-B', '')]],
    ['more_set_input_headers', ['Host: a'], [{ of: 'request', name: 'Host', value: parts('a') }]],
    ['more_clear_input_headers', ['X-A'], [{ of: 'request', name: 'X-A', value: '' }]],
  ])('%s %j', (name, args, expected) => {
    expect(edit(name, ...args)).toEqual(expected);
  });

  it.each([
    ['options', 'more_set_headers', ['-s 404', 'X-A: b'], FORM],
    ['one option', 'more_set_headers', ['-r'], FORM],
    ['wildcards', 'more_clear_headers', ['X-*'], FORM],
    ['a name with a space', 'more_set_headers', ['X A: b'], FORM],
    ['no name', 'more_set_headers', [': b'], FORM],
    ['no words', 'more_set_headers', [], '"NAME: VALUE"'],
    ['another directive', 'add_header', ['X-A'], '"NAME: VALUE"'],
    ['headers of NGINX', 'more_clear_headers', ['Server'], 'headers that NGINX does not write itself, not Server'],
    ['decoded bytes of the client', 'more_set_headers', ['X-A: $uri'], VARIABLES],
    ['groups', 'more_set_headers', ['X-A: $1'], VARIABLES],
    ['variables of ours', 'more_set_headers', ['X-A: $pt_port'], VARIABLES],
    ['a lone dollar', 'more_set_headers', ['X-A: $'], VARIABLES],
    ['line breaks', 'more_set_headers', ['X-A: a\nX-B: c'], 'one line of printable text in a header'],
    [
      'a name that gRPC backends cannot be told',
      'more_set_input_headers',
      [`${'a'.repeat(47)}: b`],
      `names of headers of at most 46 characters, not ${'a'.repeat(47)}`,
    ],
    ['a value to clear', 'more_clear_headers', ['X-A: b'], '"NAME" without a value'],
  ])('refuses %s', (_, name, args, expected) => {
    expect(edit(name, ...args)).toBe(expected);
  });
});
