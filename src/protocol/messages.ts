/** What the controller wants NGINX to run: `desired/current.json`, replaced by rename. */
export interface Desired {
  readonly protocol: number;
  /** Names `desired/generations/<digest>/`. */
  readonly digest: string;
  /** Grows with each request to publish, so that the same digest can be tried again. */
  readonly attempt: number;
  /** Digest of the endpoint table below. */
  readonly runtimeRevision: string;
  /** Files in `desired/endpoints/`; each is written once and never changed. */
  readonly shards: readonly string[];
}

/** The answer to one DNS name: pod addresses (both empty: no endpoint is ready), or a name to resolve elsewhere. */
export type NameAnswer =
  { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] } | { readonly external: string };

/** One file of `desired/endpoints/`: lower-case DNS names and what they answer. */
export interface EndpointShard {
  readonly names: Readonly<Record<string, NameAnswer>>;
}

/** Suffix of every DNS name that we put into a configuration; `.internal` is reserved for private use. */
export const ENDPOINT_SUFFIX = '.portico.internal';

/**
 * `starting`: no generation asked for yet · `testing`: nginx -t · `loading`: HUP sent · `live`: verified ·
 * `refused`: NGINX said no, the old generation serves · `failed`: it could not be tried (the message says why).
 */
export type Phase = 'starting' | 'testing' | 'loading' | 'live' | 'refused' | 'failed';

/** One line of NGINX's complaint; `file` is relative to the generation's folder, absent where NGINX names none. */
export interface NginxError {
  readonly file?: string;
  readonly line?: number;
  readonly text: string;
}

/** What the agent says: `report/status.json`, replaced by rename, at most 256 KiB; hostile input to the controller. */
export interface Status {
  readonly protocol: number;
  readonly phase: Phase;
  /** The generation and attempt that `phase` and `errors` are about; absent before the first. */
  readonly digest?: string;
  readonly attempt?: number;
  readonly errors: readonly NginxError[];
  /** The generation that NGINX was last seen to run; absent before the first. */
  readonly live?: string;
  /** Table revision that the DNS responder answers from. */
  readonly runtimeRevision?: string;
  /** Generations that living workers still run, and how many workers; an unknown digest is `unknown`. */
  readonly generations: readonly { readonly digest: string; readonly workers: number }[];
  readonly nginx: {
    readonly version: string;
    /** Configure arguments and loadable modules that features ask for, such as `http_v3_module`. */
    readonly modules: readonly string[];
    /** Whether this machine can listen on IPv6. */
    readonly ipv6: boolean;
  };
}
