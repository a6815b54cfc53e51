import { describe, expect, test } from 'vitest';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import { findServicePort, indexSlices } from './service-ports.ts';

const state = stateOfYaml(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  ports:
    - { name: metrics, port: 9000, targetPort: 8000 }
    - { name: "9000", port: 8000, targetPort: 8001 }
`);

const found = (wanted: number | string): string => {
  const port = findServicePort(state, indexSlices(state), {
    namespace: 'shop',
    name: 'web',
    wanted,
    disableExternalNames: false,
  });
  return port.ok ? port.value.port : port.error.code;
};

describe('a port of a Service', () => {
  test.each<readonly [what: string, wanted: number | string, port: string]>([
    ['that a URL names is the one with this number, also where another has it as target', 8000, '8000'],
    ['that a URL names is no target port', 8001, 'ServicePortNotFound'],
    ['that an Ingress names is the first that fits, as in ingress-nginx', '8000', '9000'],
    ['that an Ingress names may be a target port', '8001', '8000'],
    ['that an Ingress names may be a name', 'metrics', '9000'],
  ])('%s', (_, wanted, port) => expect(found(wanted)).toBe(port));
});
