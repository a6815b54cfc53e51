import type { PlanFlags } from '../../src/cli/flags.ts';
import { manifestFlags, planOptions } from '../../src/cli/plan-options.ts';
import type { PlanOptions } from '../../src/plan/options.ts';
import { layoutIn } from '../../src/protocol/layout.ts';
import { builtInFolder, createRenderer, readTemplates } from '../../src/render/templates.ts';

/** The flags of a stock installation, with the ConfigMap that the cases use. */
export const stockFlags: PlanFlags = {
  ingressClass: 'nginx',
  controllerClass: 'k8s.io/ingress-nginx',
  watchIngressWithoutClass: false,
  ingressClassByName: false,
  enableSslPassthrough: false,
  disableCatchAll: false,
  disableSvcExternalName: false,
  configmap: 'ingress-nginx/ingress-nginx-controller',
  annotationsPrefix: 'nginx.ingress.kubernetes.io',
  httpPort: 80,
  httpsPort: 443,
  healthCheckPath: '/healthz',
  securityMismatch: 'close',
  endpoints: 'auto',
};

const render = createRenderer(readTemplates(builtInFolder));

/** Options of `plan()` as `render` and `check` make them for manifests, with some flags changed. */
export const testOptions = (flags: Partial<PlanFlags> = {}, facts: Partial<PlanOptions> = {}): PlanOptions => ({
  ...planOptions(
    { ...manifestFlags(stockFlags), ...flags },
    {
      layout: layoutIn('/run/portico'),
      accessLog: '/dev/stdout',
      capabilities: { ipv6: false },
      render,
    },
  ),
  ...facts,
});
