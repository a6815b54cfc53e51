import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Layout } from '../protocol/layout.ts';
import type { NginxError } from '../protocol/messages.ts';
import { databaseFiles, geoDatabases, type GeoDatabase } from '../values/geo-database.ts';
import { isMissing, replaceLink } from './atomic-file.ts';
import { tempPaths } from './bootstrap.ts';
import { testFile } from './config-test.ts';
import { userLine } from './local-config.ts';
import type { Logger } from './logger.ts';
import type { Machine } from './machine.ts';
import type { OptionalModules } from './nginx-binary.ts';
import { isBrokenWorld } from './world.ts';

/** Where databases come from, and who reads them. */
export interface GeoDatabasesOptions {
  /** What the operator mounted. */
  readonly folder: string;
  readonly run: Layout['run'];
  readonly binary: string;
  readonly load: OptionalModules;
  readonly machine: Machine;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const SHARED_WITH_GROUP = 0o640;

/**
 * Databases of MaxMind for NGINX. It reads copies that it took in a test: whoever downloads a database may write into the
 * file that workers have mapped, and one broken file would make NGINX refuse every generation. The last good copy stays
 * as long as the state folder, because a generation may name it.
 */
export class GeoDatabases {
  readonly #options: GeoDatabasesOptions;
  /** What was found of each when it was last looked at, whatever became of it. */
  readonly #seen = new Map<GeoDatabase, string>();
  readonly #taken = new Set<GeoDatabase>();

  constructor(options: GeoDatabasesOptions) {
    this.#options = options;
  }

  /** Those that NGINX can read. */
  get names(): readonly GeoDatabase[] {
    return geoDatabases.filter((name) => this.#taken.has(name));
  }

  /** Takes what is new in the folder; says whether something else lies where NGINX may have read before. */
  async look(): Promise<boolean> {
    const { load, signal, log } = this.#options;
    if (!load.has('http_geoip2_module')) return false;
    const changes: boolean[] = [];
    for (const name of geoDatabases) {
      try {
        changes.push(await this.#lookFor(name));
      } catch (error) {
        if (!isBrokenWorld(error)) throw error;
        if (signal.aborted) return false;
        log.error('a database cannot be taken', { file: databaseFiles[name], error: error.message });
      }
    }
    return changes.includes(true);
  }

  async #lookFor(name: GeoDatabase): Promise<boolean> {
    const source = join(this.#options.folder, databaseFiles[name]);
    const link = join(this.#options.run.databases, databaseFiles[name]);
    const before = await readlink(link).catch(absent);
    if (before !== undefined) this.#taken.add(name);
    const found = await stampOf(source);
    if (found === undefined || found === this.#seen.get(name)) return false;
    this.#seen.set(name, found);
    if (before !== undefined && before === (await digestOf(source))) return false;
    const copy = await this.#copy(source);
    if (copy === undefined) return false;
    await replaceLink(link, copy);
    this.#taken.add(name);
    this.#options.log.info('took a database', { path: source });
    if (before === undefined || before === copy) return false;
    await rm(join(this.#options.run.databases, before), { force: true });
    return true;
  }

  /** The name of a good copy; nothing where NGINX cannot read it. */
  async #copy(source: string): Promise<string | undefined> {
    const { databases } = this.#options.run;
    const incoming = join(databases, 'incoming');
    await mkdir(databases, { recursive: true, mode: 0o750 });
    try {
      await copyFile(source, incoming);
      await chmod(incoming, SHARED_WITH_GROUP);
      const [objection] = await this.#test(incoming);
      if (objection !== undefined) {
        this.#options.log.warn('NGINX cannot read a database', { path: source, why: objection.text });
        return undefined;
      }
      const copy = await digestOf(incoming);
      await rename(incoming, join(databases, copy));
      return copy;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  async #test(path: string): Promise<readonly NginxError[]> {
    const { run, binary, load, machine, signal } = this.#options;
    const conf = join(run.databases, 'test.conf');
    const module = load.get('http_geoip2_module');
    const lines = [
      module === undefined ? '' : `load_module "${module}";`,
      userLine(machine),
      `pid "${join(run.databases, 'test.pid')}";`,
      'events {}',
      `http {\n${tempPaths(run)}\n    geoip2 "${path}" {}\n}\n`,
    ];
    await writeFile(conf, lines.join('\n'));
    return testFile({ binary, run, conf, signal });
  }
}

/** Another text for another file, and for most changes of one. */
const stampOf = async (path: string): Promise<string | undefined> => {
  const found = await stat(path).catch(absent);
  return found?.isFile() === true ? `${found.ino} ${found.size} ${found.mtimeMs}` : undefined;
};

/** Piece by piece: a database is larger than the agent. */
const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const absent = (error: unknown): undefined => {
  if (!isMissing(error)) throw error;
};
