import { parseAllDocuments } from 'yaml';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { decodeObject } from '../../src/cluster/decode.ts';
import { stateOf } from '../../src/cluster/state-of.ts';

/** The state of a cluster that holds exactly these YAML documents. */
export const stateOfYaml = (text: string): ClusterState => {
  const decoded = parseAllDocuments(text).map((document) => decodeObject(document.toJS()));
  const objects = decoded.flatMap((one) => (one.outcome === 'object' ? [one.object] : []));
  const problems = decoded.flatMap((one) => (one.outcome === 'ignored' ? [] : one.problems));
  return stateOf(objects, problems);
};
