import { snippetContexts } from '../../src/nginx/snippet-contexts.ts';
import { problemCatalogue } from '../../src/problems/catalogue.ts';
import { CHART_SCHEMA, chartSchema } from './chart-schema.ts';
import { compatibilityDoc } from './compatibility.ts';
import { flagsDoc } from './flag-docs.ts';
import { annotationsDoc, settingsDoc } from './key-tables.ts';
import { cell, code, HEADER, table } from './markdown.ts';

/** `docs/problems.md`: every code that a message or Event can have. */
const problemsDoc = (): string => {
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
const snippetsDoc = (): string => {
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

/** Generated documents by path. */
export const generatedDocs = (): Readonly<Record<string, string>> => ({
  'docs/annotations.md': annotationsDoc(),
  'docs/compatibility.md': compatibilityDoc(),
  'docs/flags.md': flagsDoc(),
  'docs/problems.md': problemsDoc(),
  'docs/settings.md': settingsDoc(),
  'docs/snippets.md': snippetsDoc(),
  [CHART_SCHEMA]: chartSchema(),
});
