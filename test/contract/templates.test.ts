import { describe, expect, test } from 'vitest';
import { isNginxArg } from '../../src/nginx/argument.ts';
import { Fault } from '../../src/problems/fault.ts';
import { sampleConfig } from '../../src/render/sample.ts';
import { checkTemplate } from '../../src/render/template-law.ts';
import { builtInFolder, createRenderer, readTemplates, withOverrides } from '../../src/render/templates.ts';

const builtIn = readTemplates(builtInFolder);
const MAX_LINES = 70;

const paths = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{#(?:if|each|with) ([\w.]+)\}\}/g)].map((match) => match[1] ?? '');

/** Every field name that occurs anywhere in the sample. */
const fieldNames = (value: unknown, found: Set<string> = new Set()): Set<string> => {
  if (isNginxArg(value) || typeof value !== 'object' || value === null) return found;
  for (const [name, child] of Object.entries(value)) {
    found.add(name);
    fieldNames(child, found);
  }
  return found;
};

describe('the built-in templates', () => {
  test.each([...builtIn])('%s only prints', (_name, text) => {
    expect(checkTemplate(text)).toMatchObject({ ok: true });
  });

  test.each([...builtIn])('%s fits on a screen', (_name, text) => {
    expect(text.split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });

  // strict mode does not see a misspelt field in a block's condition: it would silently drop a directive
  test.each([...builtIn])('%s tests and repeats only fields that views have', (_name, text) => {
    const known = fieldNames(sampleConfig());
    const unknown = paths(text)
      .flatMap((path) => path.split('.'))
      .filter((part) => part !== 'this' && !known.has(part));
    expect(unknown).toEqual([]);
  });

  test('print the fully populated sample', () => {
    expect(createRenderer(builtIn)(sampleConfig())[0]?.text).toContain('proxy_pass http://sample;');
  });
});

describe('a template of a user', () => {
  const offences: readonly (readonly [string, string, RegExp])[] = [
    ['prints unchecked text', '{{{installation.pid}}}', /triple-stash/],
    ['computes', '{{lookup http 0}}', /no parameters/],
    ['looks at the parent view', '{{#each http.servers}}{{../installation.pid}}{{/each}}', /its own view/],
    ['uses data variables', '{{@root.installation.pid}}', /no data variables/],
    ['opens another block', '{{#unless http}}x{{/unless}}', /only each, if and with/],
    ['names a field that does not exist', '{{installation.pidd}}', /do not print/],
    ['prints an object', '{{http}}', /do not print/],
    ['does not parse', '{{#if http}}', /Parse error|expecting/i],
  ];

  test.each(offences)('is refused when it %s', (_what, text, message) => {
    const templates = withOverrides(builtIn, new Map([['events', text]]));
    expect(() => createRenderer(templates)).toThrow(Fault);
    expect(() => createRenderer(templates)).toThrow(message);
  });

  test('replaces a partial of ours by its name', () => {
    const templates = withOverrides(builtIn, new Map([['events', 'events {\n    worker_connections 7;\n}\n']]));
    expect(createRenderer(templates)(sampleConfig())[0]?.text).toContain('worker_connections 7;');
  });

  test('is refused when it replaces nothing', () => {
    expect(() => withOverrides(builtIn, new Map([['htpp/server', '']]))).toThrow(/replaces nothing/);
  });
});
