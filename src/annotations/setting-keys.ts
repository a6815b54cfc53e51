import type { Family, KeySpec } from './define.ts';
import { families } from './index.ts';

const registry: readonly Family[] = families;

/** Keys of these only say what Ingresses may do: nothing that NGINX reads follows from them alone. */
const PERMITTING: ReadonlySet<string> = new Set(['policy', 'snippets']);

interface Setting {
  readonly key: string;
  readonly spec: KeySpec;
}

const settings: ReadonlyMap<string, Setting> = new Map(
  registry
    .filter(({ name }) => !PERMITTING.has(name))
    .flatMap(({ keys }) => Object.entries(keys))
    .filter(([, { source }]) => source !== 'annotation')
    .map(([key, spec]) => [spec.configMapKey ?? key, { key, spec }]),
);

/** Whether NGINX may read what follows from this key of the ConfigMap. */
export const reachesNginx = (name: string): boolean => settings.has(name);

/** Whether routes may say otherwise. */
export const isOfRoutes = (name: string): boolean => settings.get(name)?.spec.source === 'both';

/** Whether its value is key material. */
export const isSecretSetting = (name: string): boolean => settings.get(name)?.spec.secret === true;

/** Whether routes are closed while such a key has this text, which cannot be had. */
export const closesRoutes = (spec: KeySpec, text: string): boolean =>
  spec.onInvalid === 'close' && spec.protects?.(text) !== false;

/** The key of the registry whose routes are closed while the ConfigMap asks for this text and cannot have it. */
export const closedWithout = (name: string, text: string): string | undefined => {
  const setting = settings.get(name);
  return setting !== undefined && closesRoutes(setting.spec, text) ? setting.key : undefined;
};
