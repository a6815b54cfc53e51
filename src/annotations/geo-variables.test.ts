import { describe, expect, it } from 'vitest';
import type { GeoDatabase } from '../values/geo-database.ts';
import { definedVariables, geoSources, isGeoVariable, withoutMissing } from './geo-variables.ts';

const nginxWith = (...parts: readonly (GeoDatabase | 'http_geoip2_module')[]) => {
  const present: ReadonlySet<string> = new Set(parts);
  return { has: (part: string) => present.has(part) };
};

const filesWith = (...databases: readonly GeoDatabase[]): readonly string[] =>
  geoSources(nginxWith(...databases)).map(({ file }) => file);

const sourceOf = (variable: string, ...databases: readonly GeoDatabase[]): string | undefined =>
  geoSources(nginxWith(...databases)).find(({ variables }) => variables.some(({ name }) => name === variable))?.file;

describe('geoSources', () => {
  it('is what is there', () => {
    expect(filesWith()).toEqual([]);
    expect(filesWith('geolite2_asn', 'geolite2_city')).toEqual(['GeoLite2-City.mmdb', 'GeoLite2-ASN.mmdb']);
  });

  it('asks the better of two that say the same, and the other one for nothing', () => {
    expect(filesWith('geolite2_city', 'geoip2_city')).toEqual(['GeoIP2-City.mmdb']);
  });

  it('takes the number of a network from the database of numbers, else from that of providers', () => {
    expect(sourceOf('geoip2_asn', 'geoip2_isp', 'geolite2_asn')).toBe('GeoLite2-ASN.mmdb');
    expect(sourceOf('geoip2_asn', 'geoip2_isp')).toBe('GeoIP2-ISP.mmdb');
  });
});

describe('definedVariables', () => {
  it.each([
    ['true', true],
    [' true ', true],
    ['false', false],
    ['', false],
    ['perhaps', false],
    [undefined, false],
  ])('where use-geoip2 is %j: %s', (written, exist) => {
    const nginx = nginxWith('http_geoip2_module', 'geolite2_country');
    expect(definedVariables(written, nginx).has('geoip2_country_code')).toBe(exist);
  });

  it('are none without the module', () => {
    expect(definedVariables('true', nginxWith('geolite2_country')).size).toBe(0);
  });
});

it.each([
  ['geoip2_city', true],
  ['geoip2_is_tor_exit_node', true],
  ['geoip2_planet', false],
  ['host', false],
])('isGeoVariable(%s) is %s', (name, expected) => {
  expect(isGeoVariable(name)).toBe(expected);
});

it('withoutMissing replaces what no database says, and nothing else', () => {
  const installation = { defines: (name: string) => name === 'geoip2_asn' };
  const parts = ['a ', { variable: 'geoip2_asn' }, { variable: 'geoip2_city' }, { variable: 'host' }];
  expect(withoutMissing(parts, installation, '-')).toEqual({
    parts: ['a ', { variable: 'geoip2_asn' }, '-', { variable: 'host' }],
    missing: ['geoip2_city'],
  });
});
