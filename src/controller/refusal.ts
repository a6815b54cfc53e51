import type { NginxError } from '../protocol/messages.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';

const MAX_REASON = 300;

/**
 * A system call that failed for want of memory (12), open files (23, 24), space (28) or an address (98, 99). Anchored at
 * both ends in NGINX's own words, so that no text of the cluster passes for one of these.
 */
const SHORTAGE = /^(?:[a-z]+\(.*failed \((?:12|23|24|28|98|99): [^()]*\)|still could not bind\(\))$/;

/** Whether each of these errors is of the machine, to go away by itself, and not of a configuration. */
export const isShortage = (errors: readonly NginxError[]): boolean =>
  errors.length > 0 && errors.every(({ text }) => SHORTAGE.test(text));

/** NGINX's message on one line, with where it stands. */
export const describeError = ({ file, line, text }: NginxError): string => {
  const where = file === undefined || line === undefined ? '' : `${file}:${line}: `;
  return `${where}${text}`.replaceAll(/[\u0000-\u0020\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, MAX_REASON);
};

/** What NGINX says against each snippet of the ConfigMap that one of its lines leads to. */
export const blamedSnippets = (
  errors: readonly NginxError[],
  blamed: (error: NginxError) => string | undefined,
): ReadonlyMap<string, string> =>
  new Map(
    errors.flatMap((error) => {
      const key = blamed(error);
      return key === undefined ? [] : [[key, describeError(error)] as const];
    }),
  );

/** What NGINX says against each Ingress that one of its lines leads to: the first message counts. */
export const blameFor = (
  errors: readonly NginxError[],
  blame: (error: NginxError) => ObjectRef | undefined,
): ReadonlyMap<ObjectRef, string> => {
  const blamed = errors.flatMap((error) => {
    const ref = blame(error);
    return ref !== undefined && refParts(ref).kind === 'Ingress' ? [[ref, describeError(error)] as const] : [];
  });
  return new Map(blamed.toReversed());
};

/** What NGINX says against each port that it could not open. */
export const blamePorts = (
  errors: readonly NginxError[],
  blamePort: (error: NginxError) => number | undefined,
): ReadonlyMap<number, string> => {
  const blamed = errors.flatMap((error) => {
    const port = blamePort(error);
    return port === undefined ? [] : [[port, describeError(error)] as const];
  });
  return new Map(blamed.toReversed());
};
