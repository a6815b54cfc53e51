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

/** What NGINX says against each of those that its lines lead to: the first message counts. */
export const saidAgainst = <Blamed>(
  errors: readonly NginxError[],
  blamed: (error: NginxError) => Blamed | undefined,
): ReadonlyMap<Blamed, string> => {
  const said = errors.flatMap((error) => {
    const found = blamed(error);
    return found === undefined ? [] : [[found, describeError(error)] as const];
  });
  return new Map(said.toReversed());
};

/** The same of Ingresses alone. */
export const blameFor = (
  errors: readonly NginxError[],
  blame: (error: NginxError) => ObjectRef | undefined,
): ReadonlyMap<ObjectRef, string> =>
  saidAgainst(errors, (error) => {
    const ref = blame(error);
    return ref !== undefined && refParts(ref).kind === 'Ingress' ? ref : undefined;
  });
