import type { ProblemCode } from '../problems/catalogue.ts';
import { formatValue, type CheckContext, type Family, type Finding, type KeySpec, type Risk } from './define.ts';
import { ownSettings } from './each-family.ts';
import { families, type Settings } from './index.ts';
import { missingModule } from './modules.ts';
import type { References } from './references.ts';
import { closesRoutes } from './setting-keys.ts';
import { unsupportedAnnotations, unsupportedSettings } from './unsupported.ts';
import { blockedWords } from './word-blocklist.ts';
import { fail, type Result } from '../values/result.ts';

/** The settings of one object or of the ConfigMap. */
export interface Parsed {
  readonly settings: Settings;
  /** Keys that the object itself sets to a valid value. */
  readonly written: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** The settings of the installation. */
export interface ParsedConfigMap extends Parsed {
  /** Keys that protect routes and cannot be read: a route that does not set them itself is closed. */
  readonly unreadable: ReadonlySet<string>;
}

const registry: readonly Family[] = families;
const RISKS: readonly Risk[] = ['Low', 'Medium', 'High', 'Critical'];

type Values = Record<string, Record<string, unknown>>;

const eachKey = function* (source: 'annotation' | 'configmap'): Generator<readonly [Family, string, KeySpec]> {
  for (const family of registry) {
    for (const [key, spec] of Object.entries(family.keys)) {
      if (spec.source === 'both' || spec.source === source) yield [family, key, spec];
    }
  }
};

const builtIn = (): Values =>
  Object.fromEntries(
    registry.map((family) => [
      family.name,
      Object.fromEntries(Object.entries(family.keys).map(([key, spec]) => [key, spec.default])),
    ]),
  );

const instead = (spec: KeySpec, value: unknown, why: string): string => {
  if (value === undefined) return 'ignoring it';
  const text = formatValue(spec, value);
  return `using ${text === '' ? 'nothing' : text} ${why}`;
};

type Refusal = Pick<Finding, 'code' | 'expected'>;

/** A value where it parses and NGINX has what it needs; `invalid` is the code where it does not parse. */
const usable = (
  spec: KeySpec,
  parsed: Result<unknown>,
  { references, invalid: code }: { readonly references: References; readonly invalid: ProblemCode },
): Result<unknown, Refusal> => {
  if (!parsed.ok) return fail({ code, expected: parsed.error });
  const missing = missingModule(spec, parsed.value, references);
  if (missing === undefined) return parsed;
  const lacking = spec.onInvalid === 'close' ? 'SecurityModuleMissing' : 'ModuleMissing';
  return fail({ code: lacking, expected: `an NGINX with the module ${missing}` });
};

/** Which routes are closed by a key of the ConfigMap that cannot be read. */
const closedBy = ({ source }: KeySpec): string =>
  source === 'both' ? 'routes that do not set it themselves answer 503' : 'all routes answer 503';

/** A mistake that closes routes is more than one that a default makes good. */
const bySeverity = (finding: Finding): Finding =>
  finding.closes && finding.code === 'InvalidSetting' ? { ...finding, code: 'InvalidSecuritySetting' } : finding;

/** The value of one key of the ConfigMap, or what is wrong with it. */
const parseSetting = (
  spec: KeySpec,
  [name, text]: readonly [string, string],
  references: References,
): Result<unknown, Finding> => {
  const parsed = usable(spec, spec.type.parse(text), { references, invalid: 'InvalidSetting' });
  if (parsed.ok) return parsed;
  const closes = closesRoutes(spec, text);
  const consequence = closes ? closedBy(spec) : instead(spec, spec.default, '(default)');
  const received = spec.secret === true ? {} : { received: text };
  return fail({ key: name, ...parsed.error, ...received, closes, consequence });
};

/** The name of a key in the ConfigMap. */
const settingName = ([, key, spec]: readonly [Family, string, KeySpec]): string => spec.configMapKey ?? key;

/** Settings of the whole installation: built-in defaults, then the ConfigMap's valid values. */
export const parseConfigMap = (entries: Readonly<Record<string, string>>, references: References): ParsedConfigMap => {
  const values = builtIn();
  const written = new Set<string>();
  const unreadable = new Set<string>();
  const findings: Finding[] = [];
  for (const [family, key, spec] of eachKey('configmap')) {
    const name = settingName([family, key, spec]);
    const text = entries[name]?.trim();
    if (text === undefined || text === '') continue;
    const parsed = parseSetting(spec, [name, text], references);
    if (parsed.ok) {
      (values[family.name] ??= {})[key] = parsed.value;
      written.add(key);
    } else {
      findings.push(parsed.error);
      if (closesRoutes(spec, text)) unreadable.add(key);
    }
  }
  const unsupported = unsupportedSettings(entries, new Set([...eachKey('configmap')].map(settingName)));
  const settings = values as unknown as Settings;
  const checked = checks(registry, settings, { references, written, invalid: 'InvalidSetting' });
  const further = [...unsupported, ...checked];
  const closed = new Set(further.flatMap(({ key, closes }) => (closes ? [key] : [])));
  return {
    settings,
    written,
    unreadable: unreadable.union(closed),
    findings: [...findings, ...further].map(bySeverity),
  };
};

const checks = (checked: readonly Family[], settings: Settings, context: CheckContext): readonly Finding[] =>
  checked.flatMap((family) => family.check?.(ownSettings(settings, family), context) ?? []);

/** What only the ConfigMap says is checked there, once. */
const annotated = registry.filter(({ keys }) => Object.values(keys).some(({ source }) => source !== 'configmap'));

/** The annotation that counts: the first name with text; failing that, an empty one; `undefined` where none is there. */
const writtenText = (
  own: ReadonlyMap<string, string>,
  names: readonly string[],
): readonly [string, string] | undefined => {
  const present = names.flatMap((name) => {
    const text = own.get(name);
    return text === undefined ? [] : [[name, text.trim()] as const];
  });
  return present.find(([, text]) => text !== '') ?? present[0];
};

/** Every location repeats what a value says: 256 KiB of addresses on 1,000 paths were more than the memory holds. */
const MAX_LENGTH = 4_000;

const parseText = (spec: KeySpec, text: string): Result<unknown> => {
  if (text.length > MAX_LENGTH) return fail(`at most ${MAX_LENGTH} characters`);
  const parsed = spec.type.parse(text);
  return parsed.ok && text === '' ? fail(spec.type.label) : parsed;
};

interface KeyContext {
  readonly references: References;
  /** What is said of annotations with words that the operator does not want. */
  readonly blocked: readonly Finding[];
  readonly limit: Risk;
  readonly allowsSnippets: boolean;
  /** What stands where the annotation is absent. */
  readonly fallback: unknown;
}

/** What follows from a value that cannot be used. */
const whenRefused = (
  spec: KeySpec,
  text: string,
  fallback: unknown,
): Pick<Finding, 'closes'> & { readonly consequence?: string } => {
  // An empty value of a key that protects nothing asks for nothing.
  const asksForNothing = text === '' && spec.protects?.(text) === false;
  if (spec.onInvalid === 'close' && !asksForNothing) return { closes: true };
  const origin = fallback === spec.default ? 'default' : 'ConfigMap';
  const consequence =
    spec.whenInvalid === undefined
      ? instead(spec, fallback, `(${origin})`)
      : instead(spec, spec.whenInvalid, 'until it is corrected');
  return { closes: false, consequence };
};

/** The value of one written key, or what is wrong with it. */
const parseKey = (
  spec: KeySpec,
  [name, text]: readonly [string, string],
  { blocked, limit, allowsSnippets, fallback, references }: KeyContext,
): Result<unknown, Finding> => {
  const unwanted = blocked.find(({ key }) => key === name);
  if (unwanted !== undefined) return fail(unwanted);
  const notAllowed = { key: name, code: 'AnnotationNotAllowed', closes: true } as const;
  if (RISKS.indexOf(spec.risk) > RISKS.indexOf(limit)) {
    const expected = `an annotation of risk ${limit} at most (annotations-risk-level)`;
    return fail({ ...notAllowed, expected, received: spec.risk });
  }
  const refused = whenRefused(spec, text, fallback);
  const invalid = refused.closes ? 'InvalidSecurityAnnotation' : 'InvalidAnnotation';
  const parsed = usable(spec, parseText(spec, text), { references, invalid });
  if (!parsed.ok) return fail({ key: name, received: text, ...parsed.error, ...refused });
  return spec.isSnippet === true && !allowsSnippets
    ? fail({ ...notAllowed, expected: 'no snippet, because allow-snippet-annotations is false' })
    : parsed;
};

/** Settings of one Ingress: the installation's, then its own valid annotations (keys without the prefix). */
export const parseAnnotations = (own: ReadonlyMap<string, string>, base: Settings, references: References): Parsed => {
  if (own.size === 0) return { settings: base, written: new Set(), findings: [] };
  const values: Values = Object.fromEntries(Object.entries(base).map(([name, keys]) => [name, { ...keys }]));
  const written = new Set<string>();
  const blocked = blockedWords(own, base.policy['annotation-value-word-blocklist']);
  const findings = new Set<Finding>([...unsupportedAnnotations(own, new Set(specs.keys())), ...blocked]);
  const limit = base.policy['annotations-risk-level'];
  const allowsSnippets = base.snippets['allow-snippet-annotations'];
  for (const [family, key, spec] of eachKey('annotation')) {
    const found = writtenText(own, [key, ...(spec.aliases ?? [])]);
    if (found === undefined) continue;
    const context = { blocked, limit, allowsSnippets, references, fallback: values[family.name]?.[key] };
    const parsed = parseKey(spec, found, context);
    if (!parsed.ok) {
      findings.add(parsed.error);
      if (spec.whenInvalid !== undefined) (values[family.name] ??= {})[key] = spec.whenInvalid;
      continue;
    }
    (values[family.name] ??= {})[key] = parsed.value;
    written.add(key);
  }
  const settings = values as unknown as Settings;
  // A value that cannot be read is missing for the checks, but it is said already what is wrong with it.
  const told = new Set([...findings].map((finding) => finding.key));
  const context = { references, written, invalid: 'InvalidAnnotation' } as const;
  const checked = checks(annotated, settings, context).filter((finding) => !told.has(finding.key));
  return { settings, written, findings: [...findings, ...checked] };
};

/** The key behind every name that an annotation may have. */
const specs: ReadonlyMap<string, KeySpec> = new Map(
  [...eachKey('annotation')].flatMap(([, key, spec]) => [key, ...(spec.aliases ?? [])].map((name) => [name, spec])),
);

/** Whether an annotation is about a backend rather than the routes that lead to it. */
export const concernsUpstream = (name: string): boolean => specs.get(name)?.scope === 'upstream';

/** Whether an annotation holds where bytes are passed on. */
export const concernsStreams = (name: string): boolean => specs.get(name)?.scope === 'stream';

/** Whether an annotation protects a route: a change of one must not fall back to an older version. */
export const isProtective = (name: string, text: string): boolean => {
  const spec = specs.get(name);
  return spec?.protects?.(text) ?? spec?.onInvalid === 'close';
};
