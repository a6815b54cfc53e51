import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { parseLabelSelector } from '../cluster/label-selector.ts';
import { parseBool } from '../values/go-bool.ts';

/** What a flag takes. */
export interface FlagType {
  /** How a message and a document name the value. */
  readonly label: string;
  /** The value of a text; throws an `InvalidArgumentError` that says what was expected. */
  readonly parse: (text: string) => string | number | boolean;
}

const matching = (label: string, pattern: RegExp, expected: string): FlagType => ({
  label,
  parse(text) {
    if (!pattern.test(text)) throw new InvalidArgumentError(`expected ${expected}`);
    return text;
  },
});

/** Any text. */
export const text = (label: string): FlagType => ({ label, parse: (given) => given });

/** Go's boolean flags: `--flag`, `--flag=true`, `--flag=false`. */
export const bool: FlagType = {
  label: 'bool',
  parse(given) {
    const value = parseBool(given);
    if (!value.ok) throw new InvalidArgumentError(`expected ${value.error}`);
    return value.value;
  },
};

/** A number from 0 on. */
export const wholeNumber: FlagType = {
  label: 'number',
  parse(given) {
    if (!/^\d{1,9}$/.test(given)) throw new InvalidArgumentError('expected a whole number');
    return Number(given);
  },
};

/** The level of `--v`: also `-v=2`, as Go takes it. */
export const level: FlagType = { label: 'level', parse: (given) => wholeNumber.parse(given.replace(/^=/, '')) };

/** A TCP port. */
export const port = {
  label: 'port',
  parse(given: string): number {
    const value = /^\d{1,5}$/.test(given) ? Number(given) : 0;
    if (value < 1 || value > 65_535) throw new InvalidArgumentError('expected a port from 1 to 65535');
    return value;
  },
} satisfies FlagType;

/** A TCP port, or 0 for none. */
export const portOrNone = {
  label: 'port',
  parse: (given: string): number => (given === '0' ? 0 : port.parse(given)),
} satisfies FlagType;

/** A namespaced object of the cluster. */
export const namespacedName = matching('namespace/name', /^[a-z0-9.-]{1,253}\/[a-z0-9.-]{1,253}$/, 'namespace/name');

/** The name of a namespace. */
export const namespaceName = matching('namespace', /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a namespace');

/** A prefix of annotations. */
export const dnsName = matching('prefix', /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'a DNS name');

/** Durations as Go writes them. */
export const duration = matching(
  'duration',
  /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|\u00b5s|ms|s|m|h))+)$/,
  'a duration such as 30s or 1h30m',
);

const NUMBER = String.raw`[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?`;

/** A number with a fraction. */
export const fraction = matching('number', new RegExp(`^${NUMBER}$`, 'i'), 'a number');

/** Numbers with commas between them. */
export const fractions = matching('numbers', new RegExp(`^${NUMBER}(,${NUMBER})*$`, 'i'), 'numbers and commas');

/** An address. */
export const address: FlagType = {
  label: 'address',
  parse(given) {
    if (isIP(given) === 0) throw new InvalidArgumentError('expected an IP address');
    return given;
  },
};

/** Which namespaces are meant, by their labels. */
export const labelSelector: FlagType = {
  label: 'selector',
  parse(given) {
    const selector = parseLabelSelector(given);
    if (!selector.ok) throw new InvalidArgumentError(`expected a label selector such as team=web: ${selector.error}`);
    return given;
  },
};

const OTHER_PAGES = ['/metrics', '/nginx_status'];

/** Where health is asked for: printed into a location of NGINX, so nothing but plain letters. */
export const healthPath: FlagType = {
  label: 'path',
  parse(given) {
    if (!/^(\/[A-Za-z0-9._~-]{1,60}){1,4}$/.test(given) || OTHER_PAGES.includes(given))
      throw new InvalidArgumentError('expected a path of letters, digits and . _ ~ -, such as /healthz');
    return given;
  },
};

/** One of these words. */
export const oneOf = (...words: readonly string[]): FlagType => ({
  label: words.join('|'),
  parse(given) {
    if (!words.includes(given)) throw new InvalidArgumentError(`expected ${words.join(', ')}`);
    return given;
  },
});

/** A folder that is part of socket addresses, which are short, and of NGINX's configuration. */
export const stateFolder: FlagType = {
  label: 'folder',
  parse(given) {
    if (!/^\/[A-Za-z0-9._/-]{1,80}$/.test(given))
      throw new InvalidArgumentError(
        'expected an absolute path of letters, digits and . _ - /, of at most 80 characters',
      );
    return given.replace(/\/+$/, '');
  },
};

/** A file or device that NGINX writes. */
export const logFile = matching('path', /^(off|\/[A-Za-z0-9._/-]+)$/, 'an absolute path, or off');
