import { needsRelay } from '../annotations/client-claims.ts';
import type { Settings } from '../annotations/index.ts';
import type { Problem } from '../problems/problem.ts';
import { servesStreams, type PlanOptions } from './options.ts';

/** Settings that need a part of NGINX that this one has not. */
export const missingParts = (
  { capabilities, configMap }: PlanOptions,
  { forwarding }: Settings,
): readonly Problem[] => {
  if (configMap === undefined || !needsRelay(forwarding) || servesStreams(capabilities)) return [];
  const expected = 'an NGINX with the module stream, where use-proxy-protocol is true too';
  const consequence = 'believing the PROXY protocol only, and no forwarded header';
  const field = ['data', 'use-forwarded-headers'];
  return [{ code: 'StreamUnavailable', subject: configMap, field, expected, received: 'true', consequence }];
};
