/** What each code means to the person who caused it; `docs/problems.md` is generated from this table. */
export interface ProblemKind {
  /** `error`: something is not served as asked; `warning`: it is served, but not quite as written. */
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly remedy: string;
}

const kind = (severity: ProblemKind['severity'], title: string, remedy: string): ProblemKind => ({
  severity,
  title,
  remedy,
});

/** Stable codes of everything a user can get wrong. The code is the Event reason and the log field `code`. */
export const problemCatalogue = {
  InvalidManifest: kind(
    'error',
    'A file or object cannot be read.',
    'Correct the YAML, JSON or structure at the named place.',
  ),
  DuplicateObject: kind('error', 'Two files define the same object.', 'Keep one of the two definitions.'),
  InvalidAnnotation: kind(
    'warning',
    'An annotation has a value that its grammar does not allow.',
    'Write a value of the expected form, or remove the annotation.',
  ),
  InvalidSecurityAnnotation: kind(
    'error',
    'A security annotation is invalid, so the route is closed.',
    'Write a value of the expected form; the route opens again by itself.',
  ),
  UnknownAnnotation: kind(
    'warning',
    'The annotation has our prefix, but no such annotation exists.',
    'Correct the name or remove the annotation.',
  ),
  AnnotationNotAllowed: kind(
    'error',
    'The annotation is riskier than this installation allows.',
    'Ask the operator, or remove the annotation.',
  ),
  CatchAllDisabled: kind(
    'error',
    'The Ingress has a default backend, and this installation serves no such Ingress.',
    'Remove spec.defaultBackend, or ask the operator, who set --disable-catch-all.',
  ),
  InvalidSetting: kind(
    'warning',
    'A key of the ConfigMap has a value that its grammar does not allow.',
    'Write a value of the expected form.',
  ),
  InvalidSecuritySetting: kind(
    'error',
    'A key of the ConfigMap that protects routes is invalid, so the routes are closed.',
    'Write a value of the expected form; the routes open again by themselves.',
  ),
  UnknownSetting: kind(
    'warning',
    'The ConfigMap has a key that does not exist.',
    'Correct the name or remove the key.',
  ),
  UnsupportedSetting: kind(
    'warning',
    'The key is known, but this version does not support it.',
    'Remove the key or wait for the version that supports it.',
  ),
  SnippetNotAllowed: kind(
    'error',
    'The ConfigMap has NGINX configuration, which this installation does not allow.',
    'Set allow-global-snippets to true, or remove the snippet.',
  ),
  ModuleMissing: kind(
    'warning',
    'NGINX lacks the module that a key needs.',
    'Use an NGINX with the module, or remove the key.',
  ),
  SecurityModuleMissing: kind(
    'error',
    'NGINX lacks the module that protects a route, so the route is closed.',
    'Use an NGINX with the module, or protect the route in another way.',
  ),
  RiskySetting: kind(
    'warning',
    'A setting is valid, but weakens the protection of routes.',
    'Restrict it as the message says.',
  ),
  InvalidHost: kind(
    'error',
    'A host is not a DNS name or a wildcard of one.',
    'Write a DNS name such as a.example or *.a.example.',
  ),
  InvalidPath: kind('error', 'A path or its pathType cannot be served.', 'Correct the path as the message says.'),
  InvalidBackend: kind('error', 'A backend does not name a Service port.', 'Name a Service and one of its ports.'),
  ServiceNotFound: kind('error', 'The Service of a backend does not exist.', 'Create the Service or correct its name.'),
  ServicePortNotFound: kind('error', 'The Service exists, but has no such port.', 'Name a port of the Service.'),
  SecretNotFound: kind('error', 'A Secret does not exist.', 'Create the Secret or correct its name.'),
  InvalidSecret: kind('error', 'A Secret does not hold what is needed.', 'Correct the content of the Secret.'),
  ConfigMapNotFound: kind('error', 'A ConfigMap does not exist.', 'Create the ConfigMap or correct its name.'),
  InvalidConfigMap: kind('error', 'A ConfigMap does not hold what is needed.', 'Correct the content of the ConfigMap.'),
  CertificateMismatch: kind(
    'warning',
    'A certificate is not valid for its host.',
    'Use a certificate that names the host.',
  ),
  HostPathConflict: kind(
    'error',
    'Two Ingresses claim the same host and path.',
    'Remove one of the two; the older one is served.',
  ),
  CanaryUnused: kind(
    'warning',
    'A canary gets no requests.',
    'Give it host, path and pathType of a path of another Ingress, and a Service of its own.',
  ),
  CanaryOfOtherNamespace: kind(
    'warning',
    'A canary of another namespace gets requests of this Ingress.',
    'Where this is not meant, remove the canary or use a host of your own.',
  ),
  RegexModeShared: kind(
    'warning',
    'An Ingress switches a host to regular expressions that another namespace also uses.',
    'Use a host of your own for regular expressions and rewrites.',
  ),
  InvalidStreamService: kind(
    'error',
    'An entry of the ConfigMap of TCP or UDP services has another form.',
    'Write PORT: namespace/service:port, for TCP followed by :PROXY where the protocol is spoken.',
  ),
  StreamPortReserved: kind(
    'error',
    'A TCP or UDP service asks for a port of the installation itself.',
    'Choose another port.',
  ),
  StreamPortHeld: kind(
    'error',
    'NGINX cannot open the port of a TCP or UDP service: somebody else holds it, or it is not allowed to. Everything else is served.',
    'Free the port, or choose another one; it is tried again with growing pauses of up to five minutes.',
  ),
  StreamUnavailable: kind(
    'error',
    'NGINX cannot pass on bytes, which TCP and UDP services and some settings need.',
    'Use an NGINX with the module stream; the official image has it.',
  ),
  PassthroughRefused: kind(
    'warning',
    'The TLS of a host is ended by NGINX, although its Ingress asks to pass it through.',
    'Do what the message says, or remove the annotation.',
  ),
  StreamSnippetConflict: kind(
    'warning',
    'Two Ingresses say the same directive in their stream-snippet.',
    'Remove one of the two.',
  ),
  ServerSnippetConflict: kind(
    'error',
    'The server-snippet of an Ingress cannot stand in the server of a host.',
    'Give all Ingresses of the host the same server-snippet, with locations that no rule has.',
  ),
  ServerSnippetShared: kind(
    'warning',
    'The server-snippet of an Ingress holds for a host that another namespace also uses.',
    'Use a host of your own for server-snippet.',
  ),
  ClientCertificateConflict: kind(
    'error',
    'An Ingress asks the clients of a host for other certificates than the host, or relies on an Ingress that cannot be used.',
    'Give all Ingresses of the host the same auth-tls annotations, with a Secret that can be used.',
  ),
  ClientCertificateShared: kind(
    'warning',
    'The auth-tls annotations of an Ingress hold for a host that another namespace also uses.',
    'Use a host of your own for auth-tls-secret.',
  ),
  LimitExceeded: kind('error', 'An object is larger than this installation serves.', 'Split the object.'),
  ValueRefused: kind(
    'error',
    'A value cannot be written into an NGINX configuration.',
    'Remove control characters and shorten the value.',
  ),
  ConfigRejected: kind(
    'error',
    'NGINX refused the configuration that this object produces.',
    'Correct what the NGINX message names.',
  ),
} as const satisfies Record<string, ProblemKind>;

/** A stable code of the catalogue. */
export type ProblemCode = keyof typeof problemCatalogue;
