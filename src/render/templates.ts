import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NginxConfig } from '../nginx/tree.ts';
import { Fault } from '../problems/fault.ts';
import type { ConfigFile } from '../protocol/generation.ts';
import { reasonOf } from '../values/thrown.ts';
import { compileOptions, createHandlebars } from './gate.ts';
import { sampleConfig } from './sample.ts';
import { checkTemplate } from './template-law.ts';

/** Template texts by name (`http/server`). */
export type TemplateSet = ReadonlyMap<string, string>;

const SUFFIX = '.hbs';
const ROOT = 'nginx.conf';

/** `scripts/build.ts` writes `true` in its place; a checkout has no such name. */
declare const IS_BUNDLE: true | undefined;

/** The templates of this version: those of the checkout, and those beside a bundle. */
export const builtInFolder = fileURLToPath(
  new URL(typeof IS_BUNDLE === 'undefined' ? '../../templates' : './templates', import.meta.url),
);

/** Files below a folder, by their paths in it. Volumes of Kubernetes are links to a folder whose name begins with `..`. */
const filesBelow = (folder: string, within = ''): readonly string[] =>
  readdirSync(join(folder, within))
    .filter((name) => !name.startsWith('.'))
    .map((name) => `${within}${name}`)
    .flatMap((path) => (statSync(join(folder, path)).isDirectory() ? filesBelow(folder, `${path}/`) : [path]));

/** Reads every `*.hbs` below a folder. */
export const readTemplates = (folder: string): TemplateSet => {
  try {
    const files = filesBelow(folder).filter((file) => file.endsWith(SUFFIX));
    return new Map(
      files.toSorted().map((file) => [file.slice(0, -SUFFIX.length), readFileSync(join(folder, file), 'utf8')]),
    );
  } catch (error) {
    throw new Fault('template', `templates in ${folder} cannot be read`, { cause: error });
  }
};

/** The built-in templates with those of a user in their place; a name that we do not have is a mistake. */
export const withOverrides = (builtIn: TemplateSet, overrides: TemplateSet): TemplateSet => {
  const unknown = [...overrides.keys()].find((name) => !builtIn.has(name));
  if (unknown !== undefined) {
    throw new Fault(
      'template',
      `template ${unknown}.hbs replaces nothing; known are ${[...builtIn.keys()].join(', ')}`,
    );
  }
  return new Map([...builtIn, ...overrides]);
};

const cleaned = (text: string): string =>
  `${text
    .replaceAll(/[ \t]+\n/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;

/** Checks and compiles templates; throws `Fault('template')` naming the file and line of what they may not do. */
export const createRenderer = (templates: TemplateSet): ((config: NginxConfig) => readonly ConfigFile[]) => {
  const handlebars = createHandlebars();
  for (const [name, text] of templates) {
    const checked = checkTemplate(text);
    if (!checked.ok) throw new Fault('template', `template ${name}.hbs: ${checked.error}`);
    handlebars.registerPartial(name, text);
  }
  const print = handlebars.compile(templates.get(ROOT) ?? '', compileOptions);
  const render = (config: NginxConfig): readonly ConfigFile[] => [{ path: ROOT, text: cleaned(print(config)) }];
  try {
    render(sampleConfig());
  } catch (error) {
    throw new Fault('template', `templates do not print: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return render;
};
