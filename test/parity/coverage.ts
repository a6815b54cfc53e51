import type { Family } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import { unsupportedAnnotations, unsupportedSettings } from '../../src/annotations/unsupported.ts';
import type { Case } from './recording.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';

const registry: readonly Family[] = families;

/** Names that the registry knows of one source. */
const known = (source: 'annotation' | 'configmap'): ReadonlySet<string> =>
  new Set(
    registry.flatMap(({ keys }) =>
      Object.entries(keys)
        .filter(([, spec]) => spec.source === 'both' || spec.source === source)
        .flatMap(([name, spec]) =>
          source === 'configmap' ? [spec.configMapKey ?? name] : [name, ...(spec.aliases ?? [])],
        ),
    ),
  );

const annotations = known('annotation');
const settings = known('configmap');

/** Planned ones only: a name that nobody knows is a mistake of the case's Ingress, and part of what it shows. */
const isPlanned = ({ code }: { readonly code: string }): boolean => code.startsWith('Unsupported');

const missingAnnotations = ({ steps }: Case): readonly string[] => {
  const all = steps.flatMap(({ manifests = [] }) => manifests.filter(({ kind }) => kind === 'Ingress'));
  return all.flatMap(({ metadata }) => {
    const own = Object.entries((metadata['annotations'] ?? {}) as Readonly<Record<string, string>>)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), value] as const);
    return unsupportedAnnotations(new Map(own), annotations)
      .filter(isPlanned)
      .map(({ key }) => `annotation ${key}`);
  });
};

const missingSettings = ({ steps }: Case): readonly string[] =>
  steps.flatMap(({ config = {} }) =>
    unsupportedSettings(config, settings)
      .filter(isPlanned)
      .map(({ key }) => `setting ${key}`),
  );

/** Parts of ingress-nginx that are no annotation and no setting, and how a case uses them. */
const parts: Readonly<Record<string, (one: Case) => boolean>> = {
  'the admission webhook': ({ webhook }) => webhook,
  'the status of Ingresses': ({ steps }) => steps.some(({ status }) => status !== undefined),
  '--tcp-services-configmap': ({ steps }) =>
    steps.some(({ manifests = [] }) =>
      manifests.some(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'tcp-services'),
    ),
};

/** What a case uses and Portico does not have yet; empty where it is covered. */
export const missingFor = (one: Case): readonly string[] => {
  const used = Object.entries(parts).filter(([, isUsed]) => isUsed(one));
  return [...new Set([...missingAnnotations(one), ...missingSettings(one), ...used.map(([name]) => name)])];
};
