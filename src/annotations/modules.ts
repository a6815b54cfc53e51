import type { NginxModule } from '../values/nginx-module.ts';
import type { Family, KeySpec } from './define.ts';
import { ownSettings } from './each-family.ts';
import { families, type Settings } from './index.ts';
import type { References } from './references.ts';

/** The part of NGINX that a value needs and this NGINX lacks. */
export const missingModule = (
  spec: KeySpec,
  value: unknown,
  { has }: Pick<References, 'has'>,
): NginxModule | undefined => spec.needs?.(value).find((module) => !has(module));

const keysWithNeeds = (families as readonly Family[]).flatMap(({ name, keys }) =>
  Object.entries(keys).flatMap(([key, spec]) => (spec.needs === undefined ? [] : [{ family: name, key, spec }])),
);

/** The optional parts of NGINX that settings ask for; parsing left none of them that NGINX lacks. */
export const modulesOf = (settings: Settings): readonly NginxModule[] =>
  keysWithNeeds.flatMap(({ family, key, spec }) => {
    const value = ownSettings(settings, { name: family })[key];
    return value === undefined ? [] : (spec.needs?.(value) ?? []);
  });
