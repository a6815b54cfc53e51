import { databaseFiles, geoDatabases, type GeoDatabase } from '../values/geo-database.ts';
import { bool } from './value-types.ts';
import type { References } from './references.ts';

/** A variable and where its value stands in the entry of an address. */
export interface GeoVariable {
  readonly name: `geoip2_${string}`;
  readonly path: readonly string[];
  /** What stands for an address without such a value; absent for nothing. */
  readonly otherwise?: string;
}

/** Lines of name and path, as ingress-nginx has them. */
const variables = (lines: string, rest: Pick<GeoVariable, 'otherwise'> = {}): readonly GeoVariable[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', ...path] = line.trim().split(' ');
      return { name: `geoip2_${name}`, path, ...rest };
    });

const country = variables(`
  country_code country iso_code
  country_name country names en
  country_geoname_id country geoname_id
  continent_code continent code
  continent_name continent names en
  continent_geoname_id continent geoname_id
`);

const city = variables(`
  city_country_code country iso_code
  city_country_name country names en
  city_country_geoname_id country geoname_id
  city city names en
  city_geoname_id city geoname_id
  postal_code postal code
  dma_code location metro_code
  latitude location latitude
  longitude location longitude
  time_zone location time_zone
  region_code subdivisions 0 iso_code
  region_name subdivisions 0 names en
  region_geoname_id subdivisions 0 geoname_id
  subregion_code subdivisions 1 iso_code
  subregion_name subdivisions 1 names en
  subregion_geoname_id subdivisions 1 geoname_id
  city_continent_code continent code
  city_continent_name continent names en
`);

const asn = variables(`
  asn autonomous_system_number
  org autonomous_system_organization
`);

const isp = [
  ...variables(`
    isp isp
    isp_org organization
  `),
  ...variables('asn autonomous_system_number', { otherwise: '0' }),
];

const anonymous = [
  ...variables('is_anon is_anonymous'),
  ...variables(
    `
      is_anonymous is_anonymous
      is_anonymous_vpn is_anonymous_vpn
      is_hosting_provider is_hosting_provider
      is_public_proxy is_public_proxy
      is_tor_exit_node is_tor_exit_node
    `,
    { otherwise: '0' },
  ),
];

const variablesIn: Readonly<Record<GeoDatabase, readonly GeoVariable[]>> = {
  geoip2_country: country,
  geolite2_country: country,
  geoip2_city: city,
  geolite2_city: city,
  geoip2_asn: asn,
  geolite2_asn: asn,
  geoip2_isp: isp,
  geoip2_connection_type: variables('connection_type connection_type'),
  geoip2_anonymous_ip: anonymous,
};

const NAMES: ReadonlySet<string> = new Set(Object.values(variablesIn).flatMap((all) => all.map(({ name }) => name)));

/** Whether some database has a variable of this name. */
export const isGeoVariable = (name: string): name is GeoVariable['name'] => NAMES.has(name);

type Part<V extends string> = string | { readonly variable: V };

/** Parts of a text with another one in place of what no database here says, and the names of that. */
export const withoutMissing = <V extends string>(
  parts: readonly Part<V>[],
  installation: Pick<References, 'defines'>,
  text: string,
): { readonly parts: readonly Part<V>[]; readonly missing: readonly string[] } => {
  const isMissing = (part: Part<V>): part is { readonly variable: V } =>
    typeof part !== 'string' && isGeoVariable(part.variable) && !installation.defines(part.variable);
  return {
    parts: parts.map((part) => (isMissing(part) ? text : part)),
    missing: [...new Set(parts.filter(isMissing).map(({ variable }) => variable))],
  };
};

/** A database that NGINX can read, and what it is asked for. */
export interface GeoSource {
  readonly file: string;
  readonly variables: readonly GeoVariable[];
}

/** The databases that are there; each variable comes from the first that has it. */
export const geoSources = (nginx: Pick<References, 'has'>): readonly GeoSource[] => {
  const given = new Set<string>();
  const present = geoDatabases.filter((database) => nginx.has(database));
  return present.flatMap((database) => {
    const own = variablesIn[database].filter(({ name }) => !given.has(name));
    for (const { name } of own) given.add(name);
    return own.length === 0 ? [] : [{ file: databaseFiles[database], variables: own }];
  });
};

/** Variables that exist where the ConfigMap says this of `use-geoip2`. */
export const definedVariables = (written: string | undefined, nginx: Pick<References, 'has'>): ReadonlySet<string> => {
  const isOn = bool.parse(written?.trim() ?? '');
  if (!isOn.ok || !isOn.value || !nginx.has('http_geoip2_module')) return new Set();
  return new Set(geoSources(nginx).flatMap((source) => source.variables.map(({ name }) => name)));
};
