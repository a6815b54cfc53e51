import { readFileSync } from 'node:fs';
import { formatValue, type Family, type KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import { plannedSettings } from '../../src/annotations/planned-settings.ts';
import { plannedAnnotations } from '../../src/annotations/planned.ts';
import { snippetContexts } from '../../src/nginx/snippet-contexts.ts';
import { problemCatalogue } from '../../src/problems/catalogue.ts';

const HEADER = '<!-- Generated from the registry by `npm run docs:update`; edit the family file instead. -->\n';

const registry: readonly Family[] = families;

interface Key {
  readonly name: string;
  readonly spec: KeySpec;
}

const keysOf = (family: Family, source: 'annotation' | 'configmap'): readonly Key[] =>
  Object.entries(family.keys)
    .filter(([, spec]) => spec.source === 'both' || spec.source === source)
    .map(([name, spec]) => ({ name: source === 'configmap' ? (spec.configMapKey ?? name) : name, spec }));

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const code = (text: string): string => `\`${cell(text)}\``;

const defaultOf = (spec: KeySpec): string => {
  if (spec.default === undefined) return 'not set';
  const text = formatValue(spec, spec.default);
  return text === '' ? 'empty' : code(text);
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');

const invalidOf = (spec: KeySpec): string => {
  if (spec.onInvalid === 'close') return 'the routes answer 503';
  return spec.whenInvalid === undefined ? 'the default is used' : `${formatValue(spec, spec.whenInvalid)} is used`;
};

const familySection = (family: Family, source: 'annotation' | 'configmap'): string => {
  const keys = keysOf(family, source);
  if (keys.length === 0) return '';
  const rows = keys.map(({ name, spec }) => {
    const aliases =
      source === 'annotation' && spec.aliases !== undefined ? ` (also ${spec.aliases.map(code).join(', ')})` : '';
    const examples = spec.type.examples.map(code).join(', ');
    return [
      code(name) + aliases,
      cell(spec.doc),
      cell(spec.type.label),
      defaultOf(spec),
      examples,
      ...(source === 'configmap' ? [spec.compat] : []),
      spec.risk,
      invalidOf(spec),
    ];
  });
  const verdict = source === 'configmap' ? ['verdict'] : [];
  const head = ['key', 'what it does', 'value', 'default', 'examples', ...verdict, 'risk', 'when invalid'];
  return `\n## ${family.name}\n\n${family.summary}\n\n${table(head, rows)}`;
};

/** `docs/annotations.md`: every supported annotation. */
export const annotationsDoc = (): string =>
  `${HEADER}# Annotations

All have the prefix \`nginx.ingress.kubernetes.io/\` (\`--annotations-prefix\`). An annotation wins over the key of the same name in the ConfigMap, and that wins over the default. Every invalid value is reported with what was expected and what is used instead.
${registry.map((family) => familySection(family, 'annotation')).join('')}`;

/** `docs/settings.md`: every supported key of the ConfigMap. */
export const settingsDoc = (): string =>
  `${HEADER}# Settings

Keys of the ConfigMap that \`--configmap\` names. Keys that are also annotations give the default for Ingresses that do not say otherwise. The verdict compares a key with ingress-nginx 1.15.1. **same**: the same effect. **stricter**: like there, but closed where ingress-nginx lets requests through. **differs**: as the text says. **no-op**: accepted, and nothing is left for it to decide.
${registry.map((family) => familySection(family, 'configmap')).join('')}${plannedSettingsSection()}`;

const compatibilityRows = (): readonly (readonly string[])[] => {
  const done = registry.flatMap((family) =>
    keysOf(family, 'annotation').map(({ name, spec }) => [name, spec.compat, spec.doc] as const),
  );
  const planned = Object.entries(plannedAnnotations).map(
    ([name, effect]) =>
      [
        name,
        'planned',
        effect === 'closes'
          ? 'Until it is supported, its routes answer 503.'
          : 'Until it is supported, it is ignored with a warning.',
      ] as const,
  );
  return [...done, ...planned]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, state, how]) => [code(name), state, cell(how)]);
};

/** `docs/compatibility.md`: every annotation of ingress-nginx and what becomes of it. */
export const compatibilityDoc = (): string => {
  const rows = compatibilityRows();
  const supported = rows.filter(([, state]) => state !== 'planned').length;
  return `${HEADER}# Compatibility with ingress-nginx 1.15.1

${supported} of ${rows.length} annotations are supported. **same**: the same request gets the same answer. **stricter**: like ingress-nginx, but closed where ingress-nginx lets requests through. **differs**: as the text says. **planned**: not supported yet; where the annotation protects a route, the route is closed meanwhile.

${table(['annotation', 'state', 'how'], rows)}`;
};

/** What the settings document says of keys that are not there yet. */
const plannedSettingsSection = (): string => {
  const rows = Object.entries(plannedSettings)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, effect]) => [code(name), effect === 'closes' ? 'all routes answer 503' : 'ignored with a warning']);
  return `\n## Not supported yet\n\nKeys of ingress-nginx 1.15.1 that this version does not have. Those that protect every route close every route.\n\n${table(['key', 'meanwhile'], rows)}`;
};

/** `docs/problems.md`: every code that a message or Event can have. */
export const problemsDoc = (): string => {
  const rows = Object.entries(problemCatalogue).map(([name, { severity, title, remedy }]) => [
    code(name),
    severity,
    cell(title),
    cell(remedy),
  ]);
  return `${HEADER}# Problems

What Portico says about your objects: the code of a log line, an Event or a line of \`portico check\`. An **error** means that something is not served as asked; a **warning** that it is served, but not quite as written. Nobody else's routes are touched.

${table(['code', 'severity', 'what it means', 'what to do'], rows)}`;
};

/** `docs/snippets.md`: what snippets may hold. */
export const snippetsDoc = (): string => {
  const sections = Object.entries(snippetContexts).map(([context, { directives, bodies, hasEntries }]) => {
    const inside = [...bodies].map(([name, inner]) => `\`${name} { … }\` holds what stands under "${inner}"`);
    if (hasEntries === true) return `\n## ${context}\n\nA key and at most one value each; \`include\` is refused.\n`;
    const sentence = inside.length === 0 ? 'No bodies.' : `Bodies: ${inside.join('; ')}.`;
    return `\n## ${context}\n\n${sentence}\n\n${[...directives].toSorted().map(code).join(' ')}\n`;
  });
  return `${HEADER}# Snippets

Snippets are forbidden until the ConfigMap has \`allow-snippet-annotations: "true"\` and \`annotations-risk-level: Critical\`. Then they are read by a lexer of our own, and what is not on these lists is refused, with its line and column in the message. \`configuration-snippet\` stands in a location, \`server-snippet\` in a server.

The ConfigMap has snippets of its own, which need its key \`allow-global-snippets: "true"\`: \`main-snippet\` (list "main"), \`http-snippet\` ("http"), \`server-snippet\` ("every server"), \`location-snippet\` ("location") and \`stream-snippet\` ("stream"). Where NGINX refuses one of them, the text that was live before stands in its place, or nothing. One that is refused and may protect something closes every route.

Nothing on these lists reads or writes files, runs code, names a backend, defines a name of the whole instance (but for variables and zones of "http"), or opens a location of another Ingress. The only \`access_log\` is \`access_log off\`; groups of regular expressions have no names; names that begin with \`pt_\` are Portico's. \`more_set_headers\`, \`more_clear_headers\`, \`more_set_input_headers\` and \`more_clear_input_headers\` take \`"NAME: VALUE"\` without options, and are said with the means of stock NGINX.
${sections.join('')}`;
};

const FIRST_SENTENCE = /^.*?\.(?= |$)/;

/** The schema of the value `controller.config`: every key, in the layout that prettier gives it. */
const settingsSchema = (): string => {
  const keys = registry.flatMap((family) => keysOf(family, 'configmap'));
  const names = new Map(keys.map(({ name, spec }) => [name, FIRST_SENTENCE.exec(spec.doc)?.[0] ?? spec.doc]));
  for (const name of Object.keys(plannedSettings)) names.set(name, 'Not supported yet.');
  const inOrder = [...names].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const properties = inOrder.map(([name, description]) =>
    [
      `            ${JSON.stringify(name)}: {`,
      '              "type": ["string", "number", "boolean"],',
      `              "description": ${JSON.stringify(description)}`,
      '            }',
    ].join('\n'),
  );
  return `          "properties": {\n${properties.join(',\n')}\n          },\n`;
};

const SCHEMA = 'charts/portico/values.schema.json';
const SETTINGS_VALUE =
  /(?<=\n        "config": \{\n          "type": "object",\n)(          "properties": \{\n[^]*?\n          \},\n)?/;

/** The schema of the chart with the keys of the registry in it; the rest stays as it is written. */
export const chartSchema = (): string => {
  const written = readFileSync(new URL(`../../${SCHEMA}`, import.meta.url), 'utf8');
  return written.replace(SETTINGS_VALUE, settingsSchema());
};

/** Generated documents by path. */
export const generatedDocs = (): Readonly<Record<string, string>> => ({
  'docs/annotations.md': annotationsDoc(),
  'docs/compatibility.md': compatibilityDoc(),
  'docs/problems.md': problemsDoc(),
  'docs/settings.md': settingsDoc(),
  'docs/snippets.md': snippetsDoc(),
  [SCHEMA]: chartSchema(),
});
