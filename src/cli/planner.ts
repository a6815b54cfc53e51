import type { Planner } from '../controller/ports.ts';
import { blame, blamePort } from '../plan/blame.ts';
import type { PlanOptions } from '../plan/options.ts';
import { checkText } from '../plan/check.ts';
import { plan, type Plan } from '../plan/plan.ts';
import { runtimeTable } from '../plan/runtime-table.ts';
import { allBackends, transition } from '../plan/transition.ts';
import { DEFAULT_CERTIFICATE } from '../protocol/generation.ts';
import type { Redacted } from '../values/redacted.ts';
import type { PlanFlags } from './flags.ts';

/** The planning functions with this installation's options; `options` is asked each time, because templates may change. */
export const createPlanner = (
  options: () => PlanOptions,
  {
    endpoints,
    defaultCertificate,
  }: { readonly endpoints: PlanFlags['endpoints']; readonly defaultCertificate: Redacted },
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
  blamePort: ({ model }, error) => blamePort(model.streams, error),
  transition: (live, next) => transition(live, next, options().render),
  checkText,
});
