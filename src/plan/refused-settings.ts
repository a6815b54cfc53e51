import { closedWithout, isOfRoutes, isSecretSetting, reachesNginx } from '../annotations/setting-keys.ts';
import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';

/** Texts of the ConfigMap, by key; those that nothing in NGINX follows from are not among them. */
export type SettingTexts = Readonly<Record<string, string>>;

/** What the ConfigMap asks for. */
export interface PlannedSettings {
  readonly asked: SettingTexts;
  /** What was planned; less where NGINX refused a text before. */
  readonly used: SettingTexts;
}

/** Why NGINX refused a text, and the one that stands in its place; without one nothing does. */
export interface RefusedSetting {
  readonly reason: string;
  readonly instead?: string;
}

/** Texts that NGINX refused. This counts for as long as the ConfigMap asks for exactly these texts. */
export interface RefusedSettings {
  readonly asked: SettingTexts;
  readonly keys: ReadonlyMap<string, RefusedSetting>;
}

/** Whether both ask for the same. */
export const sameTexts = (a: SettingTexts, b: SettingTexts): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, text]) => b[key] === text);

const texts = (entries: SettingTexts, isKept: (key: string) => boolean): SettingTexts =>
  Object.fromEntries(Object.entries(entries).filter(([key]) => isKept(key)));

/** Those that may be written to a file. */
export const withoutSecrets = (entries: SettingTexts): SettingTexts => texts(entries, (key) => !isSecretSetting(key));

/** The ConfigMap as it is planned. */
export interface PlannedEntries {
  readonly entries: SettingTexts;
  readonly planned: PlannedSettings;
  readonly problems: readonly Problem[];
  /** Keys of the registry that are left out and may have protected something. */
  readonly unprotected: readonly string[];
}

const consequenceOf = ([key, { instead }]: readonly [string, RefusedSetting], asked: SettingTexts): string => {
  if (instead !== undefined) return 'the text that was live before stands in its place';
  if (closedWithout(key, asked[key] ?? '') === undefined) return 'leaving it out';
  return `leaving it out; ${isOfRoutes(key) ? 'routes that do not set it themselves' : 'all routes'} answer 503`;
};

/** Puts texts that were live before in the place of refused ones; those that never were live are left out. */
export const withoutRefused = (
  entries: SettingTexts,
  refused: RefusedSettings | undefined,
  subject: ObjectRef,
): PlannedEntries => {
  const asked = texts(entries, reachesNginx);
  if (refused === undefined || !sameTexts(asked, refused.asked))
    return { entries, planned: { asked, used: asked }, problems: [], unprotected: [] };
  const kept = Object.entries(entries).flatMap(([key, text]): (readonly [string, string])[] => {
    const found = refused.keys.get(key);
    if (found === undefined) return [[key, text]];
    return found.instead === undefined ? [] : [[key, found.instead]];
  });
  const lost = [...refused.keys].filter(([, { instead }]) => instead === undefined);
  const problems = [...refused.keys].map((found): Problem => ({
    code: 'ConfigRejected',
    subject,
    field: ['data', found[0]],
    expected: `a configuration that NGINX accepts (${found[1].reason})`,
    consequence: consequenceOf(found, asked),
  }));
  const planned = Object.fromEntries(kept);
  return {
    entries: planned,
    planned: { asked, used: texts(planned, reachesNginx) },
    problems,
    unprotected: lost.flatMap(([key]) => closedWithout(key, asked[key] ?? '') ?? []),
  };
};
