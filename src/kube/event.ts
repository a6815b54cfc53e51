import { formatProblem, severityOf, type Problem } from '../problems/problem.ts';
import { sha256 } from '../values/digest.ts';
import { refParts, type Kind } from '../values/object-ref.ts';
import { formatField } from '../values/field-path.ts';

/** What is told about one object, once; replicas that tell the same give it the same name. */
export interface EventDraft {
  readonly name: string;
  readonly namespace: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: Readonly<Record<string, string>>;
}

/** Who tells it. */
export interface Teller {
  readonly pod: string;
}

const apiVersions: Readonly<Partial<Record<Kind, string>>> = {
  Ingress: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Service: 'v1',
  Secret: 'v1',
  ConfigMap: 'v1',
};

const MAX_MESSAGE = 1024;
const NAME_DIGITS = 32;

const shorten = (text: string): string => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1)}…` : text);

const resolvedText = ({ code, field }: Problem): string => {
  const where = field.length === 0 ? '' : `${formatField(field)}: `;
  return code === 'ConfigRejected' ? 'no longer set aside: its newest version is live' : `${where}${code} is resolved`;
};

/** The Event for a problem that came or went; none where its object is not of the cluster. */
export const eventOf = (problem: Problem, change: 'appeared' | 'resolved', uid: string): EventDraft | undefined => {
  const { kind, namespace, name } = refParts(problem.subject);
  const apiVersion = apiVersions[kind];
  if (apiVersion === undefined) return undefined;
  const reason = change === 'appeared' ? problem.code : 'Accepted';
  const identity = [uid, change, problem.code, problem.field, severityOf(problem)];
  return {
    name: `portico.${sha256(JSON.stringify(identity)).slice(0, NAME_DIGITS)}`,
    namespace: namespace === '' ? 'default' : namespace,
    type: change === 'appeared' ? 'Warning' : 'Normal',
    reason,
    message: shorten(change === 'appeared' ? formatProblem(problem) : resolvedText(problem)),
    involvedObject: { apiVersion, kind, name, uid, ...(namespace === '' ? {} : { namespace }) },
  };
};

/** The draft as a new Event of the core API, told once at this time. */
export const firstTold = (draft: EventDraft, { pod }: Teller, now: string): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: draft.name, namespace: draft.namespace },
  type: draft.type,
  reason: draft.reason,
  message: draft.message,
  involvedObject: draft.involvedObject,
  source: { component: 'portico', host: pod },
  reportingComponent: 'portico',
  reportingInstance: pod,
  count: 1,
  firstTimestamp: now,
  lastTimestamp: now,
});

/** What changes in an Event that was told before. */
export const toldAgain = (draft: EventDraft, told: unknown, now: string): object => {
  const count = (Number.isSafeInteger(told) ? Number(told) : 1) + 1;
  const series = { count, lastObservedTime: now.replace('Z', '.000000Z') };
  return { count, series, lastTimestamp: now, message: draft.message };
};
