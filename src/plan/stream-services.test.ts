import { expect, test } from 'vitest';
import { testOptions } from '../../test/support/plan-options.ts';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { formatProblem } from '../problems/problem.ts';
import { plan } from './plan.ts';

/** A Service, and a ConfigMap of TCP services with these entries. */
const stateOf = (entries: string): ClusterState =>
  stateOfYaml(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: tcp, namespace: shop }
data: ${entries}
`);

test('a port that NGINX could not open is left out alone, with what it said', () => {
  const state = stateOf(`{ '9009': 'shop/web:80', '9010': 'shop/web:80' }`);
  const said = 'bind() to 0.0.0.0:9009 failed (98: Address already in use)';
  const options = testOptions({ tcpServicesConfigmap: 'shop/tcp' }, { heldPorts: new Map([[9009, said]]) });
  const { model, generation, problems } = plan(state, options);
  expect(model.streams.map(({ port }) => port)).toEqual([9010]);
  expect(generation.files[0]?.text).not.toContain('listen 9009');
  expect(problems.map(({ code }) => code)).toEqual(['StreamPortHeld']);
  expect(problems.map(formatProblem)).toEqual([
    `ConfigMap shop/tcp data[9009]: expected a port that NGINX can open, which said: ${said}, got "shop/web:80"; no port is opened`,
  ]);
});

test('ports that flags give to the Pod itself are reserved, and those that flags leave free are not', () => {
  const state = stateOf(
    `{ '80': 'shop/web:80', '8080': 'shop/web:80', '8443': 'shop/web:80', '9443': 'shop/web:80', '9254': 'shop/web:80', '9246': 'shop/web:80', '10246': 'shop/web:80', '10254': 'shop/web:80' }`,
  );
  const moved = { httpPort: 8080, healthzPort: 9254, statusPort: 9246, validatingWebhook: ':9443' };
  const { model, problems } = plan(state, testOptions({ tcpServicesConfigmap: 'shop/tcp', ...moved }));
  expect(model.streams.map(({ port }) => port)).toEqual([80, 8443, 10_246, 10_254]);
  expect(problems.map(({ code, field }) => `${code} ${field.at(-1)}`).toSorted()).toEqual(
    [8080, 9246, 9254, 9443].map((port) => `StreamPortReserved ${port}`),
  );
});
