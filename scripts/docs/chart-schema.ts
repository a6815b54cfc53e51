import { readFileSync } from 'node:fs';
import { keysOf, registry } from './registry-keys.ts';

/** Path of the schema of the chart's values. */
export const CHART_SCHEMA = 'charts/portico/values.schema.json';

const FIRST_SENTENCE = /^.*?\.(?= |$)/;

/** The schema of the value `controller.config`: every key, in the layout that prettier gives it. */
const settingsSchema = (): string => {
  const keys = registry.flatMap((family) => keysOf(family, 'configmap'));
  const names = new Map(keys.map(({ name, spec }) => [name, FIRST_SENTENCE.exec(spec.doc)?.[0] ?? spec.doc]));
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

const SETTINGS_VALUE =
  /(?<=\n        "config": \{\n          "type": "object",\n)(          "properties": \{\n[^]*?\n          \},\n)?/;

/** The schema of the chart with the keys of the registry in it; the rest stays as it is written. */
export const chartSchema = (): string => {
  const written = readFileSync(new URL(`../../${CHART_SCHEMA}`, import.meta.url), 'utf8');
  return written.replace(SETTINGS_VALUE, settingsSchema());
};
