import { eachFamily } from '../annotations/each-family.ts';
import type { Settings } from '../annotations/index.ts';
import { hasPrefix } from '../annotations/path-prefixes.ts';
import type { RouteDraft } from '../model/route-draft.ts';

/** What the families make of a route with these settings. */
export const shapeRoute = (path: string, settings: Settings): RouteDraft => {
  const draft: RouteDraft = {
    path,
    exempt: hasPrefix(path, settings['basic-auth']['no-auth-locations']),
    protocol: 'HTTP',
    wantsRegex: false,
    errors: { codes: [], intercepts: true },
    callees: {},
  };
  eachFamily(settings, (family, own) => family.shape?.(own, draft));
  return draft;
};
