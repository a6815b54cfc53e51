import type { Ingress, IngressBackend, IngressPath, IngressRule, IngressTls, PortName } from '../cluster/resources.ts';
import { withoutSecrets, type SettingTexts } from '../plan/refused-settings.ts';
import { count, dictionary, list, object, parseJson, text, type Schema } from '../protocol/schema.ts';
import { compareText } from '../values/compare.ts';
import { objectRef } from '../values/object-ref.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** Size of the largest text that is kept. */
export const MAX_LAST_GOOD_BYTES = 32 * 1024 * 1024;

const FORMAT = 1;
const MAX_ENTRIES = 100_000;

const anyText = text(/^/, 'text');
const textMap = dictionary(anyText, anyText);

/** JSON has no `undefined`: a field that holds it is missing in the file. */
const orUndefined =
  <T>(schema: Schema<T>): Schema<T | undefined> =>
  (value, path) =>
    value === undefined ? ok(undefined) : schema(value, path);

const portNumber = object<{ readonly number: number }>({ number: count });
const portText = object<{ readonly name: string }>({ name: anyText });
const somePort: Schema<Exclude<PortName, undefined>> = (value, path) => {
  const numbered = portNumber(value, path);
  return numbered.ok ? numbered : portText(value, path);
};

const backend = object<IngressBackend>({ service: orUndefined(anyText), port: orUndefined(somePort) });
const path = object<IngressPath>({ path: anyText, pathType: anyText, backend });
const rule = object<IngressRule>({ host: anyText, paths: list(path, MAX_ENTRIES) });
const tls = object<IngressTls>({ hosts: list(anyText, MAX_ENTRIES), secretName: anyText });

const ingressFields = object<Omit<Ingress, 'ref'>>({
  namespace: anyText,
  name: anyText,
  uid: { optional: anyText },
  createdAt: count,
  annotations: textMap,
  labels: textMap,
  className: { optional: anyText },
  defaultBackend: { optional: backend },
  rules: list(rule, MAX_ENTRIES),
  tls: list(tls, MAX_ENTRIES),
  fingerprint: anyText,
});

const ingress: Schema<Ingress> = (value, at) => {
  const fields = ingressFields(value, at);
  if (!fields.ok) return fields;
  return ok({ ...fields.value, ref: objectRef('Ingress', fields.value.namespace, fields.value.name) });
};

/** What went live last. */
export interface LastGood {
  readonly ingresses: readonly Ingress[];
  /** Texts of the ConfigMap, none that is secret; a file of an older version has none. */
  readonly settings?: SettingTexts;
}

const lastGood = object<LastGood & { readonly format: number }>({
  format: (value, at) => (value === FORMAT ? ok(FORMAT) : fail(`${at} to be ${FORMAT}`)),
  ingresses: list(ingress, MAX_ENTRIES),
  settings: { optional: textMap },
});

/** Versions stay the same objects for as long as they are live, and most of them do from one write to the next. */
const encoded = new WeakMap<Ingress, string>();

const encodeIngress = (version: Ingress): string => {
  const before = encoded.get(version);
  if (before !== undefined) return before;
  const { ref: _, ...fields } = version;
  const made = JSON.stringify(fields);
  encoded.set(version, made);
  return made;
};

/** The text to keep beyond a restart. Beyond the limit the largest versions are left out, so that one cannot displace many. */
export const encodeLastGood = (
  ingresses: Iterable<Ingress>,
  settings: SettingTexts,
  maxBytes: number = MAX_LAST_GOOD_BYTES,
): string => {
  const all = [...ingresses].map((version) => [version.ref, encodeIngress(version)] as const);
  const texts = JSON.stringify(withoutSecrets(settings));
  let room = maxBytes - 100 - Buffer.byteLength(texts);
  const kept = all
    .toSorted(([a, one], [b, other]) => one.length - other.length || compareText(a, b))
    .filter(([, made]) => (room -= Buffer.byteLength(made) + 1) >= 0);
  return `{"format":${FORMAT},"settings":${texts},"ingresses":[${kept.map(([, made]) => made).join(',')}]}\n`;
};

/** Reads such a text; never throws, whatever it holds. */
export const decodeLastGood = (source: string): Result<LastGood> => {
  const read = parseJson(source, lastGood, 'last-good.json');
  if (!read.ok) return read;
  const { ingresses, settings } = read.value;
  return ok({ ingresses, ...(settings === undefined ? {} : { settings }) });
};
