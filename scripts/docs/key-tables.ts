import { stringify } from 'yaml';
import { formatValue, type Family, type KeySpec } from '../../src/annotations/define.ts';
import { exampleOf, type Example } from './golden-examples.ts';
import { cell, code, HEADER, table } from './markdown.ts';
import { aliasesOf, defaultText, keysOf, registry, type Key } from './registry-keys.ts';
import { goldenLink, testsOf } from './tests-cell.ts';
import { legendOf } from './verdicts.ts';

const HOLDS_FOR: Readonly<Record<KeySpec['scope'], string>> = {
  location: 'paths',
  server: 'hosts',
  upstream: 'Services',
  http: 'everything',
  stream: 'TCP and UDP',
};

const HEAD = ['value', 'default', 'example values', 'risk', 'when invalid'];

const defaultOf = (key: Key): string => {
  const text = defaultText(key);
  return text === undefined ? 'not set' : text === '' ? 'empty' : code(text);
};

const invalidOf = (spec: KeySpec): string => {
  if (spec.onInvalid === 'close') return 'the routes answer 503';
  return spec.whenInvalid === undefined ? 'the default is used' : `${formatValue(spec, spec.whenInvalid)} is used`;
};

const valueCells = (key: Key): readonly string[] => [
  cell(key.spec.type.label),
  defaultOf(key),
  key.spec.type.examples.map(code).join(', '),
  key.spec.risk,
  invalidOf(key.spec),
];

const section = (family: Family, text: string): string => `\n## ${family.name}\n\n${family.summary}\n\n${text}`;

interface Shown {
  readonly example: Example;
  readonly names: readonly string[];
}

/** One example for all keys that it is the best one of. */
const examplesOf = (keys: readonly Key[]): readonly Shown[] => {
  const byText = new Map<string, Shown>();
  for (const key of keys.flatMap((one) => [one, ...aliasesOf(one)])) {
    const example = exampleOf(key);
    if (example === undefined) continue;
    const id = JSON.stringify([example.golden, example.entries]);
    byText.set(id, { example, names: [...(byText.get(id)?.names ?? []), key.name] });
  }
  return [...byText.values()];
};

/** Older readers of YAML take an `on` without quotes for a boolean. */
const QUOTED = { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const;

const exampleBlock = ({ example, names }: Shown): string =>
  `\n${names.map(code).join(', ')} in ${goldenLink(example)}: ${example.about}\n\n\`\`\`yaml\n${stringify({ annotations: example.entries }, QUOTED)}\`\`\`\n`;

const annotationSection = (family: Family): string => {
  const keys = keysOf(family, 'annotation');
  if (keys.length === 0) return '';
  const rows = keys.map((key) => {
    const aliases = key.spec.aliases === undefined ? '' : ` (also ${key.spec.aliases.map(code).join(', ')})`;
    return [code(key.name) + aliases, cell(key.spec.doc), HOLDS_FOR[key.spec.scope], ...valueCells(key)];
  });
  const examples = examplesOf(keys).map(exampleBlock).join('');
  return section(family, `${table(['key', 'what it does', 'holds for', ...HEAD], rows)}${examples}`);
};

const settingSection = (family: Family): string => {
  const keys = keysOf(family, 'configmap');
  if (keys.length === 0) return '';
  const rows = keys.map((key) => [
    code(key.name),
    key.spec.compat,
    cell(key.spec.doc),
    ...valueCells(key),
    testsOf(key),
  ]);
  return section(family, table(['key', 'verdict', 'what it does', ...HEAD, 'shown by'], rows));
};

/** `docs/annotations.md`: every supported annotation, with examples out of the golden cases. */
export const annotationsDoc = (): string =>
  `${HEADER}# Annotations

All have the prefix \`nginx.ingress.kubernetes.io/\` (\`--annotations-prefix\`). An annotation wins over the key of the same name in the ConfigMap, and that wins over the default. Every invalid value is reported with what was expected and what is used instead.

What holds for hosts is decided for a whole host, what holds for Services for all routes to a port of a Service; where several Ingresses disagree, the oldest counts.

Each example is an Ingress of a golden case, with all of its annotations. Its folder has the objects beside it, the configuration that comes of it and, for most, requests that are sent through a real NGINX. To see that configuration: \`npm run portico -- render -f test/golden/FAMILY/CASE/input.yaml --configmap ingress-nginx/ingress-nginx-controller\`, with the flags of \`flags.yaml\` where it stands there.
${registry.map(annotationSection).join('')}`;

/** `docs/settings.md`: every supported key of the ConfigMap, with the tests that show it. */
export const settingsDoc = (): string => {
  const keys = registry.flatMap((family) => keysOf(family, 'configmap'));
  return `${HEADER}# Settings

Keys of the ConfigMap that \`--configmap\` names. Keys that are also annotations give the default for Ingresses that do not say otherwise. What shows a key is a golden case, and recordings of ingress-nginx with which answers are compared; a case with * holds an answer that [differs on purpose](compatibility.md#answers-that-differ-on-purpose).

Verdicts compare with ingress-nginx 1.15.1:

${legendOf(keys.map(({ spec }) => spec.compat))}${registry.map(settingSection).join('')}`;
};
