import { describe, expect, it } from 'vitest';
import { parseHeaderText } from './variable-text.ts';

describe('parseHeaderText', () => {
  it.each<[what: string, text: string, parts: readonly unknown[]]>([
    ['nothing', '', []],
    ['text alone', 'a "b" \\', ['a "b" \\']],
    ['a variable in text', 't=${msec};', ['t=', { variable: 'msec' }, ';']],
    ['variables side by side', '$scheme$host', [{ variable: 'scheme' }, { variable: 'host' }]],
    ['names in any case, as NGINX does', '$Msec', [{ variable: 'msec' }]],
    ['names of ingress-nginx', '$req_id', [{ variable: 'pt_request_id' }]],
    ['headers of the request', '$http_x_a', [{ variable: 'http_x_a' }]],
  ])('reads %s', (_, text, parts) => {
    expect(parseHeaderText(text)).toEqual({ ok: true, value: { parts } });
  });

  it.each([
    ['a lone dollar', '5 $'],
    ['a capture', '$1'],
    ['the decoded path', '$uri'],
    ['a cookie', '$cookie_a'],
    ['a variable of ours', '$pt_dollar'],
    ['a property of objects', '$constructor'],
    ['a brace that stays open', '${msec'],
  ])('refuses %s', (_, text) => {
    expect(parseHeaderText(text).ok).toBe(false);
  });
});
