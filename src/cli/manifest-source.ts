import type { ClusterState } from '../cluster/cluster-state.ts';
import type { StateSource } from '../controller/ports.ts';
import { watchManifests } from '../manifests/watch-manifests.ts';

/** Snapshots from a watched folder; the first one is complete. A Fault where the folder cannot be read at the start. */
export const openManifestSource = async (
  folder: string,
  complete: (state: ClusterState) => ClusterState,
  signal: AbortSignal,
): Promise<StateSource & { readonly refresh: () => void }> => {
  const listeners = new Set<Parameters<StateSource['subscribe']>[0]>();
  let latest: ClusterState | undefined;
  const tell = (): void => {
    if (latest === undefined) return;
    for (const listener of listeners) listener({ state: latest, changed: 'all' });
  };
  await watchManifests(
    folder,
    (set) => {
      latest = complete(set.state);
      tell();
    },
    signal,
  );
  return {
    subscribe(listener) {
      listeners.add(listener);
      if (latest !== undefined) listener({ state: latest, changed: 'all' });
      return () => listeners.delete(listener);
    },
    // A folder is read whole.
    alsoServe: () => {},
    refresh: tell,
  };
};
