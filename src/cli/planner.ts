import type { Planner } from '../controller/ports.ts';
import { blame, blamedSnippet, blamePort } from '../plan/blame.ts';
import type { PlanOptions } from '../plan/options.ts';
import { generationOf, plan, type Plan } from '../plan/plan.ts';
import { changedParts, checkText } from '../plan/check.ts';
import { runtimeTable } from '../plan/runtime-table.ts';
import { allBackends, transition } from '../plan/transition.ts';
import { DEFAULT_CERTIFICATE } from '../protocol/generation.ts';
import type { Redacted } from '../values/redacted.ts';
import { messageOf } from './exit-codes.ts';
import type { PlanFlags } from './flags.ts';
import type { Templates } from './template-watch.ts';

/** What planning depends on besides the options. */
export interface PlannerFacts {
  readonly endpoints: PlanFlags['endpoints'];
  readonly defaultCertificate: Redacted;
  readonly templates: Templates;
}

/** The planning functions with this installation's options; `options` is asked each time, because templates may change. */
export const createPlanner = (
  options: () => PlanOptions,
  { endpoints, defaultCertificate, templates }: PlannerFacts,
): Planner<Plan> => ({
  plan(state, choice) {
    // Names of peers are resolved in a shared zone; an NGINX without it gets addresses and a reload for each change.
    const canResolve = choice.capabilities.modules.includes('http_upstream_zone_module');
    const mode = endpoints === 'auto' && !canResolve ? { endpoints: 'reload' as const } : {};
    return plan(state, { ...options(), ...mode, ...choice });
  },
  runtimeTable: (state, plans) => {
    const needed = {
      backends: allBackends(plans.map((one) => one.model)),
      certificates: plans.flatMap((one) => one.model.certificates),
    };
    const table = runtimeTable(state, needed);
    return { ...table, certificates: [{ name: DEFAULT_CERTIFICATE, pem: defaultCertificate }, ...table.certificates] };
  },
  blame,
  restyle(live) {
    const offer = templates.offered();
    if (offer === undefined) return undefined;
    const adopt = (): void => templates.adopt(offer);
    if (live === undefined) {
      adopt();
      return undefined;
    }
    const refuse = (why: string): void => templates.refuse(offer, why);
    try {
      return { plan: { ...live, render: offer, generation: generationOf(offer(live.config)) }, adopt, refuse };
    } catch (error) {
      refuse(messageOf(error));
      return undefined;
    }
  },
  blamedSnippet,
  blamePort: ({ model }, error) => blamePort(model.streams, error),
  transition: (live, next) => transition(live, next, options().render),
  checkText,
  changedParts,
});
