import { expect, it } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { freePort } from '../support/free-port.ts';
import { installation, prefixed, stateOfObjects, tenant } from '../support/hostile-cluster.ts';
import { testOptions } from '../support/plan-options.ts';
import { objectionsTo, withLayout } from '../support/replay-nginx.ts';

const objections = async (annotations: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const ports = { httpPort: await freePort(), httpsPort: await freePort() };
  return withLayout((layout) => {
    const state = stateOfObjects([...installation({}), ...tenant('m', { annotations: prefixed(annotations) })]);
    return objectionsTo(layout, plan(state, testOptions(ports, { layout, accessLog: 'off' })), state);
  });
};

it.each([10, 60])('NGINX takes %i headers with the longest names without a warning', async (count) => {
  const names = Array.from({ length: count }, (_, index) => `x${index}`.padEnd(64, 'a'));
  const annotations = { 'auth-url': 'http://auth.example/', 'auth-response-headers': names.join(',') };
  expect(await objections(annotations)).toEqual([]);
});

it('NGINX takes 100 short headers without a warning', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `x${index}`);
  const annotations = { 'auth-url': 'http://auth.example/', 'auth-response-headers': names.join(',') };
  expect(await objections(annotations)).toEqual([]);
});
