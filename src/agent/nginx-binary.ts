import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Fault } from '../problems/fault.ts';
import { optionalModules, type NginxModule } from '../values/nginx-module.ts';

/** Oldest NGINX that is run: 1.30.0 to 1.30.5 have heap overflows in map, rewrite and string expressions. */
export const OLDEST_NGINX = '1.30.6';

/** What a binary says of itself. */
export interface NginxBinary {
  readonly version: string;
  /** Built-in parts and loadable modules, named as in `--with-…`: `http_v3_module`. */
  readonly modules: readonly string[];
  readonly load: OptionalModules;
  /** Files of the OWASP Core Rule Set in their order, empty where there is none. */
  readonly ruleSet: readonly string[];
}

/** The optional parts that an NGINX has: the file to load, or nothing where it is built in. */
export type OptionalModules = ReadonlyMap<NginxModule, string | undefined>;

/** Asks a binary for its version and modules; a Fault where there is none or where it is too old. */
export const inspectNginx = async (binary: string): Promise<NginxBinary> => {
  const asked = await execa(binary, ['-V'], { reject: false, stdin: 'ignore', timeout: 10_000 });
  const version = /nginx version: [^/\s]+\/(\d+\.\d+\.\d+)/.exec(asked.stderr)?.[1];
  if (asked.failed || version === undefined) {
    const why = asked.failed ? asked.shortMessage?.split('\n')[0] : 'its answer to -V names no version';
    throw new Fault('nginx-missing', `no usable NGINX at ${binary}: ${why}; NGINX ${OLDEST_NGINX} or newer is needed`);
  }
  if (isOlder(version, OLDEST_NGINX)) {
    throw new Fault('nginx-too-old', `NGINX at ${binary} is ${version}; ${OLDEST_NGINX} or newer is needed`);
  }
  const files = await loadableModules(asked.stderr);
  const ruleSet = await findRuleSet(asked.stderr);
  const rules = ruleSet.length === 0 ? [] : ['modsecurity_crs'];
  const modules = new Set([...builtInModules(asked.stderr), ...files.keys(), ...rules]);
  return {
    version,
    modules: [...modules].toSorted(),
    load: new Map(optionalModules.filter((name) => modules.has(name)).map((name) => [name, files.get(name)])),
    ruleSet,
  };
};

/** Compares versions number by number. */
export const isOlder = (version: string, than: string): boolean => {
  const [a, b] = [version.split('.').map(Number), than.split('.').map(Number)];
  const index = a.findIndex((part, position) => part !== b[position]);
  return index !== -1 && (a[index] ?? 0) < (b[index] ?? 0);
};

/** Built in unless the binary says otherwise; Portico plans differently without it. */
const BY_DEFAULT = ['http_upstream_zone_module'];

/** What the sources of others are called that were compiled in by `--add-module=FOLDER`. */
const ADDED: readonly (readonly [folder: RegExp, name: NginxModule])[] = [
  [/brotli/i, 'http_brotli_filter_module'],
  [/geoip2/i, 'http_geoip2_module'],
  [/modsecurity/i, 'http_modsecurity_module'],
  [/otel/i, 'otel_module'],
];

const addedModules = (answer: string): readonly string[] =>
  [...answer.matchAll(/--add-module=(\S+)/g)].flatMap(([, folder = '']) =>
    ADDED.flatMap(([pattern, name]) => (pattern.test(folder) ? [name] : [])),
  );

/** The parts that `-V` says were compiled in: `--with-X` without a value, and what is there without `--without-X`. */
export const builtInModules = (answer: string): readonly string[] => [
  ...(/--with-stream(?=\s|$)/.test(answer) ? ['stream_module'] : []),
  ...addedModules(answer),
  ...[...answer.matchAll(/--with-([a-z0-9_]+)(?=\s|$)/g)].map(([, name = '']) => name),
  ...BY_DEFAULT.filter((name) => !answer.includes(`--without-${name}`)),
];

const modulesFolder = (answer: string): string | undefined => /--modules-path=(\S+)/.exec(answer)?.[1];

/** Debian's package has the rules in `/usr/share`, and what their operator decides in `/etc`; NGINX is in `/usr/lib`. */
const findRuleSet = async (answer: string): Promise<readonly string[]> => {
  const folder = modulesFolder(answer);
  if (folder === undefined) return [];
  const own = join(folder, '../../../../etc/modsecurity/crs');
  const rules = join(folder, '../../../share/modsecurity-crs/rules');
  const settings: readonly string[] = await readdir(own).catch(() => []);
  const found: readonly string[] = await readdir(rules).catch(() => []);
  if (!settings.includes('crs-setup.conf') || found.length === 0) return [];
  const beside = (when: string): readonly string[] =>
    settings.filter((name) => name.startsWith(when) && name.endsWith('.conf')).map((name) => join(own, name));
  return [join(own, 'crs-setup.conf'), ...beside('REQUEST-'), join(rules, '*.conf'), ...beside('RESPONSE-')];
};

/** Only files that exist count: a distribution packs each `--with-X=dynamic` module separately. */
const loadableModules = async (answer: string): Promise<ReadonlyMap<string, string>> => {
  const folder = modulesFolder(answer);
  if (folder === undefined) return new Map();
  const files = await readdir(folder).catch(() => []);
  return new Map(
    files.flatMap((file) => {
      const name = /^ngx_([a-z0-9_]+)\.so$/.exec(file)?.[1];
      return name === undefined ? [] : [[name, join(folder, file)] as const];
    }),
  );
};
