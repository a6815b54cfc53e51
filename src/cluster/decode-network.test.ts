import { describe, expect, it } from 'vitest';
import { decodeObject } from './decode.ts';

const decode = (apiVersion: string, kind: string, rest: object) => {
  const decoded = decodeObject({ apiVersion, kind, metadata: { name: 'x' }, ...rest });
  const resource = decoded.outcome === 'object' ? decoded.object.resource : {};
  return { resource, problems: decoded.outcome === 'ignored' ? [] : decoded.problems };
};

const noPorts: readonly unknown[] = [-1, 0, 1.5, 65_536, 99_999, 2 ** 40, 1e300, Number.NaN, true, '80', [], {}];
const ports = [1, 80, 65_535];

describe.each([
  ['EndpointSlice', 'discovery.k8s.io/v1', (port: unknown) => ({ ports: [{ port }] })],
  ['Endpoints', 'v1', (port: unknown) => ({ subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port }] }] })],
  ['Service', 'v1', (port: unknown) => ({ spec: { ports: [{ port }] } })],
] as const)('a port of %s', (kind, apiVersion, rest) => {
  it.each(ports)('may be %j', (port) => {
    const { resource, problems } = decode(apiVersion, kind, rest(port));
    expect(JSON.stringify(resource)).toContain(`"port":${port}`);
    expect(problems).toEqual([]);
  });

  it.each(noPorts)('that is %j is left out', (port) => {
    const { resource, problems } = decode(apiVersion, kind, rest(port));
    expect(JSON.stringify(resource)).not.toContain('"port":');
    expect(problems).toMatchObject([{ expected: 'a port number from 1 to 65535' }]);
  });
});

it.each([-1, 0, 65_536, 1.5, 1e300])('a target port %j stands for the port itself', (targetPort) => {
  const { resource, problems } = decode('v1', 'Service', { spec: { ports: [{ port: 80, targetPort }] } });
  expect(resource).toMatchObject({ ports: [{ port: 80, targetPort: undefined }] });
  expect(problems).toMatchObject([{ consequence: 'using the port itself' }]);
});

describe.each([
  [
    'EndpointSlice',
    'discovery.k8s.io/v1',
    (ip: unknown) => ({ addressType: 'FQDN', endpoints: [{ addresses: [ip] }] }),
  ],
  ['Endpoints', 'v1', (ip: unknown) => ({ subsets: [{ addresses: [{ ip }] }] })],
] as const)('an address of %s', (kind, apiVersion, rest) => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ])('%j is %s', (written, address) => {
    const { resource, problems } = decode(apiVersion, kind, rest(written));
    expect(JSON.stringify(resource)).toContain(`"addresses":["${address}"]`);
    expect(problems).toEqual([]);
  });

  it.each([
    '',
    'evil.example',
    '10.0.0.1;',
    '10.0.0.1/32',
    '10.0.0.256',
    '010.0.0.1',
    'fe80::1%eth0',
    '[::1]',
    '1\n2',
    5,
  ])('%j is left out', (written) => {
    const { resource, problems } = decode(apiVersion, kind, rest(written));
    expect(JSON.stringify(resource)).not.toMatch(/"addresses":\["/);
    expect(problems).toMatchObject([{ consequence: 'the address is left out' }]);
  });
});
