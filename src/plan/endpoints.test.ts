import { expect, test } from 'vitest';
import { testOptions } from '../../test/support/plan-options.ts';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import { plan } from './plan.ts';
import { runtimeTable } from './runtime-table.ts';

const cluster = (addresses: readonly string[]): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: default }
spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, namespace: default, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints: ${JSON.stringify(addresses.map((address) => ({ addresses: [address] })))}
`;

test('what is no IP address never reaches the endpoint table, where it would cost its neighbours their answers', () => {
  const state = stateOfYaml(
    cluster(['10.0.0.2', 'evil.example', '10.0.0.1', '', '10.0.0.1;', 'fe80::1%eth0', '2001:db8::1', '10.0.0.300']),
  );
  const [answer] = Object.values(runtimeTable(state, plan(state, testOptions()).model).names);
  expect(answer).toEqual({ ipv4: ['10.0.0.1', '10.0.0.2'], ipv6: ['2001:db8::1'] });
});
