import type { Family, KeySpecs, SettingsOf } from './define.ts';
import { families, type Settings } from './index.ts';

/** What concerns one family. */
export const ownSettings = (settings: Settings, { name }: Pick<Family, 'name'>): SettingsOf<KeySpecs> =>
  settings[name as keyof Settings];

/** Asks every family, in the order of the registry, with the settings that concern it. */
export const eachFamily = (settings: Settings, ask: (family: Family, own: SettingsOf<KeySpecs>) => void): void => {
  for (const family of families as readonly Family[]) ask(family, ownSettings(settings, family));
};
