import { describe, expect, it } from 'vitest';
import { inWords, parseSecRules, printSecRules } from './sec-rules.ts';

const rule = (operator: string, actions = 'id:1,phase:1,deny'): string => `SecRule ARGS "${operator}" "${actions}"`;

describe('parseSecRules', () => {
  it.each([
    ['a rule', rule('@rx ^a\\"b\\d'), [[rule('@rx ^a\\"b\\d')]]],
    ['comments, blank lines and CRLF', '# no\r\n\r\n  SecRuleEngine On\r\n', [['SecRuleEngine On']]],
    [
      'a rule on several lines',
      'SecRule ARGS \\\n  "@rx a\\\nb" \\\n  "id:1,pass"',
      [['SecRule ARGS "@rx ab" "id:1,pass"']],
    ],
    [
      'a chain as one',
      `${rule('@rx a', 'id:1,deny,chain')}\n${rule('@rx b', 't:none')}\nSecRuleEngine On`,
      [[rule('@rx a', 'id:1,deny,chain'), rule('@rx b', 't:none')], ['SecRuleEngine On']],
    ],
    [
      'the files of ingress-nginx',
      'Include /etc/nginx/modsecurity/modsecurity.conf\ninclude /etc/nginx/owasp-modsecurity-crs/nginx-modsecurity.conf',
      ['recommended', 'crs'],
    ],
    ['a log of the container', 'SecAuditLog /dev/stdout', [['SecAuditLog /dev/stdout']]],
    ['nothing', '', []],
  ])('takes %s', (_, text, rules) => {
    expect(parseSecRules(text)).toEqual({ ok: true, value: rules });
  });

  it.each([
    ['a file', 'Include /etc/passwd'],
    ['a file behind another directive', 'SecRuleEngine On Include /etc/passwd'],
    ['a file behind a rule', `${rule('@rx a')} Include /etc/passwd`],
    ['a file behind a quote that may not be one', 'SecMarker "a\\\\" Include /etc/passwd "'],
    ['a file behind a quote that ends at another place', 'SecMarker "a\\\\\\" Include /etc/passwd'],
    ['another quote', "SecMarker 'a' Include"],
    ['words that touch', 'SecRule ARGS "@rx a""id:1"'],
    ['rules from elsewhere', 'SecRemoteRules key https://rules.example/'],
    ['a script', 'SecRuleScript /tmp/x.lua'],
    ['a log in a file', 'SecAuditLog /tmp/x'],
    ['a log of its own', 'SecDebugLog /dev/stdout'],
    ['a folder', 'SecAuditLogStorageDir /tmp'],
    ['an operator that reads a file', rule('@pmFromFile /etc/passwd')],
    ['the same negated', rule('!@IPMATCHF /etc/passwd')],
    ['an operator that asks a name server', rule('@rbl evil.example')],
    ['an action that runs a program', rule('@rx a', 'id:1,exec:/bin/sh')],
    ['an action that sets a variable of the process', rule('@rx a', "id:1,setenv:'LD_PRELOAD=/x'")],
    ['half a chain', rule('@rx a', 'id:1,chain')],
    ['too few arguments', 'SecRule ARGS'],
    ['an open quote', 'SecRule ARGS "@rx a'],
    ['a control character', 'SecRuleEngine On\u0000'],
    ['a rule that NGINX cannot take', rule(`@rx ${'a'.repeat(3_600)}`)],
  ])('refuses %s', (_, text) => {
    expect(parseSecRules(text).ok).toBe(false);
  });
});

describe('printSecRules', () => {
  it('is one word of NGINX', () => {
    expect(printSecRules(['SecMarker "a\tb"', 'SecRule A "@rx \\d"'])).toBe(
      '"SecMarker \\"a\\tb\\"\\nSecRule A \\"@rx \\\\d\\""',
    );
  });
});

describe('inWords', () => {
  it('joins rules as far as a word goes, and keeps sets of rules apart', () => {
    const long = ['a'.repeat(3_000)];
    expect(inWords([['b'], ['c'], 'crs', ['d'], long, long])).toEqual([['b', 'c'], 'crs', ['d', ...long], long]);
  });
});
