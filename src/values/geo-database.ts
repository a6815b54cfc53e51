/**
 * Databases of MaxMind that tell where addresses are: the name under which an agent says that NGINX can read one, and its
 * file. Of two with the same variables the first counts.
 */
export const databaseFiles = {
  geoip2_country: 'GeoIP2-Country.mmdb',
  geolite2_country: 'GeoLite2-Country.mmdb',
  geoip2_city: 'GeoIP2-City.mmdb',
  geolite2_city: 'GeoLite2-City.mmdb',
  geoip2_asn: 'GeoIP2-ASN.mmdb',
  geolite2_asn: 'GeoLite2-ASN.mmdb',
  geoip2_isp: 'GeoIP2-ISP.mmdb',
  geoip2_connection_type: 'GeoIP2-Connection-Type.mmdb',
  geoip2_anonymous_ip: 'GeoIP2-Anonymous-IP.mmdb',
} as const;

/** One of these databases. */
export type GeoDatabase = keyof typeof databaseFiles;

/** All of them, in the order in which they count. */
export const geoDatabases = Object.keys(databaseFiles) as readonly GeoDatabase[];
