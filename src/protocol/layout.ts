/** Version of what passes between controller and agent; the other side refuses one that it does not know. */
export const PROTOCOL_VERSION = 1;

/** Where the two halves meet; every path is absolute. One folder a direction, see ARCHITECTURE.md. */
export interface Layout {
  /** Controller writes, agent and NGINX read. */
  readonly desired: {
    readonly root: string;
    readonly current: string;
    readonly generations: string;
    readonly endpoints: string;
    readonly files: string;
    readonly certs: string;
  };
  /** Agent writes, controller reads. */
  readonly report: { readonly root: string; readonly status: string };
  /** The agent's and NGINX's own. */
  readonly run: {
    readonly root: string;
    /** What NGINX is started with; through the link below, so that its relative includes are the generation's. */
    readonly conf: string;
    /** Link to the folder of the generation that NGINX was told to run. */
    readonly current: string;
    readonly generations: string;
    readonly pid: string;
    /** NGINX writes `[emerg]` lines here, so that the agent can read why a reload was refused. */
    readonly emergLog: string;
    /** Unix socket; `GET /generation` answers the digest of the generation that serves the connection. */
    readonly verifySocket: string;
    /** A file for each optional part of NGINX that is there, which loads it where it is not built in. */
    readonly modules: string;
    /** Names the files of the OWASP Core Rule Set, in the language of ModSecurity. */
    readonly ruleSet: string;
    /** Databases of MaxMind that NGINX can read, by their own names. */
    readonly databases: string;
    /** Facts of this machine for the main context, of which settings may replace the last two. */
    readonly localUser: string;
    readonly localProcesses: string;
    readonly localOpenFiles: string;
    /** The server of this machine that answers kubelet's probes; empty where nobody probes. */
    readonly localHttp: string;
    /** There once the agent answers for Pods; the supervisor removes it before it starts an agent and NGINX together. */
    readonly answering: string;
    /** There once a first generation is live, until the end begins: the Pod is ready. */
    readonly ready: string;
    /** `resolver` lines, one file without and one with IPv6 look-ups. */
    readonly resolver: string;
    readonly resolverIpv6: string;
    readonly temp: string;
  };
  /** The controller's own (mode 0700): last good versions. */
  readonly controller: { readonly root: string; readonly lastGood: string };
}

/** All paths below one state folder (`/run/portico` in the Pod). */
export const layoutIn = (root: string): Layout => ({
  desired: {
    root: `${root}/desired`,
    current: `${root}/desired/current.json`,
    generations: `${root}/desired/generations`,
    endpoints: `${root}/desired/endpoints`,
    files: `${root}/desired/files`,
    certs: `${root}/desired/certs`,
  },
  report: { root: `${root}/report`, status: `${root}/report/status.json` },
  run: {
    root: `${root}/run`,
    conf: `${root}/run/current/nginx.conf`,
    current: `${root}/run/current`,
    generations: `${root}/run/generations`,
    pid: `${root}/run/nginx.pid`,
    emergLog: `${root}/run/emerg.log`,
    verifySocket: `${root}/run/verify.sock`,
    modules: `${root}/run/modules`,
    ruleSet: `${root}/run/owasp-crs.conf`,
    databases: `${root}/run/geoip`,
    localUser: `${root}/run/local-user.conf`,
    localProcesses: `${root}/run/local-processes.conf`,
    localOpenFiles: `${root}/run/local-open-files.conf`,
    localHttp: `${root}/run/local-http.conf`,
    answering: `${root}/run/answering`,
    ready: `${root}/run/ready`,
    resolver: `${root}/run/resolver.conf`,
    resolverIpv6: `${root}/run/resolver-ipv6.conf`,
    temp: `${root}/run/temp`,
  },
  controller: { root: `${root}/controller`, lastGood: `${root}/controller/last-good.json` },
});
