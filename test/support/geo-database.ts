/** What a database says of a network. */
export type GeoValue = string | number | boolean | readonly GeoValue[] | { readonly [name: string]: GeoValue };

const MARKER = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')]);
const TYPES = { text: 2, double: 3, uint16: 5, uint32: 6, map: 7, uint64: 9, array: 11, boolean: 14 } as const;
const SEPARATOR = 16;

type Type = keyof typeof TYPES;

/** Type and size; types above 7 have a byte of their own. */
const control = (type: Type, size: number): Buffer => {
  const code = TYPES[type];
  const [small, more] = size < 29 ? [size, []] : [29, [size - 29]];
  return Buffer.from(code > 7 ? [small, code - 7, ...more] : [(code << 5) | small, ...more]);
};

const whole = (type: 'uint16' | 'uint32' | 'uint64', value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  const digits = bytes.subarray(
    bytes.findIndex((byte) => byte !== 0) === -1 ? 8 : bytes.findIndex((byte) => byte !== 0),
  );
  return Buffer.concat([control(type, digits.length), digits]);
};

const encodeNumber = (value: number): Buffer => {
  if (Number.isInteger(value) && value >= 0) return whole('uint32', value);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Buffer.concat([control('double', 8), bytes]);
};

const encodeText = (value: string): Buffer =>
  Buffer.concat([control('text', Buffer.byteLength(value)), Buffer.from(value)]);

const encodeMap = (entries: readonly (readonly [name: string, value: Buffer])[]): Buffer =>
  Buffer.concat([control('map', entries.length), ...entries.flatMap(([name, value]) => [encodeText(name), value])]);

const isList = (value: GeoValue): value is readonly GeoValue[] => Array.isArray(value);

const encodeValue = (value: GeoValue): Buffer => {
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'boolean') return control('boolean', value ? 1 : 0);
  if (isList(value)) return Buffer.concat([control('array', value.length), ...value.map(encodeValue)]);
  return encodeMap(Object.entries(value).map(([name, one]) => [name, encodeValue(one)]));
};

/** Bits of an IPv4 network in a tree for IPv6, where such addresses begin with 96 zeros. */
const bitsOf = (network: string): readonly number[] => {
  const [address = '', length = '32'] = network.split('/');
  const bits = address
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  return ['0'.repeat(96), bits.slice(0, Number(length))].join('').split('').map(Number);
};

/** Each node leads by a bit to another node, or to a place in the values (negative, from -1 on); 0 leads nowhere. */
const treeOf = (networks: readonly (readonly [bits: readonly number[], offset: number])[]): readonly number[][] => {
  const nodes: number[][] = [[0, 0]];
  for (const [bits, offset] of networks) {
    let node = nodes[0] ?? [];
    for (const bit of bits.slice(0, -1)) {
      const next = node[bit] || nodes.push([0, 0]) - 1;
      node[bit] = next;
      node = nodes[next] ?? [];
    }
    node[bits.at(-1) ?? 0] = -1 - offset;
  }
  return nodes;
};

const recordOf = (target: number, nodeCount: number): number => {
  if (target === 0) return nodeCount;
  return target > 0 ? target : nodeCount + SEPARATOR + (-1 - target);
};

/** A database as MaxMind writes it (format 2.0), of IPv4 networks that do not overlap. */
export const geoDatabase = (type: string, networks: Readonly<Record<string, GeoValue>>): Buffer => {
  const values = Object.values(networks).map(encodeValue);
  const offsets = values.map((_, index) => Buffer.concat(values.slice(0, index)).length);
  const nodes = treeOf(Object.keys(networks).map((network, index) => [bitsOf(network), offsets[index] ?? 0]));
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, targets] of nodes.entries())
    for (const [bit, target] of targets.entries())
      tree.writeUIntBE(recordOf(target, nodes.length), index * 6 + bit * 3, 3);
  const metadata = encodeMap([
    ['binary_format_major_version', whole('uint16', 2)],
    ['binary_format_minor_version', whole('uint16', 0)],
    ['build_epoch', whole('uint64', 1_700_000_000)],
    ['database_type', encodeText(type)],
    ['description', encodeMap([['en', encodeText('made by a test')]])],
    ['ip_version', whole('uint16', 6)],
    ['languages', encodeValue(['en'])],
    ['node_count', whole('uint32', nodes.length)],
    ['record_size', whole('uint16', 24)],
  ]);
  return Buffer.concat([tree, Buffer.alloc(SEPARATOR), ...values, MARKER, metadata]);
};

const sweden = {
  continent: { code: 'EU', geoname_id: 6255148, names: { en: 'Europe' } },
  country: { iso_code: 'SE', geoname_id: 2661886, names: { en: 'Sweden' } },
};

/** Networks of documents (RFC 5737) and what a database says of them, by the end of its name. */
const said: readonly (readonly [file: RegExp, networks: Readonly<Record<string, GeoValue>>])[] = [
  [/Country/, { '198.51.100.0/24': sweden }],
  [
    /City/,
    {
      '198.51.100.0/24': {
        ...sweden,
        city: { geoname_id: 2694762, names: { en: 'Linköping' } },
        location: { latitude: 58.4167, longitude: 15.6167, time_zone: 'Europe/Stockholm' },
        subdivisions: [{ iso_code: 'E', geoname_id: 2685867, names: { en: 'Östergötland' } }],
      },
      '203.0.113.128/25': { country: { iso_code: 'GB', names: { en: 'United Kingdom' } } },
    },
  ],
  [/ASN/, { '198.51.100.0/24': { autonomous_system_number: 64500, autonomous_system_organization: 'Sample Net' } }],
  [/ISP/, { '198.51.100.0/24': { isp: 'Sample', organization: 'Sample Org', autonomous_system_number: 64501 } }],
  [/Connection/, { '198.51.100.0/24': { connection_type: 'Cable/DSL' } }],
  [/Anonymous/, { '198.51.100.0/24': { is_anonymous: true, is_tor_exit_node: true } }],
];

/** A database by the name of its file, which knows two networks. */
export const sampleDatabase = (file: string): Buffer =>
  geoDatabase(file.replace('.mmdb', ''), said.find(([pattern]) => pattern.test(file))?.[1] ?? {});
