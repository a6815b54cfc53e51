import type { ClusterState } from '../cluster/cluster-state.ts';
import { parseLabelSelector, type LabelSelector } from '../cluster/label-selector.ts';
import type { IngressClass } from '../cluster/resources.ts';
import type { ClassRules, PlanOptions, Renderer } from '../plan/options.ts';
import { Fault } from '../problems/fault.ts';
import type { Layout } from '../protocol/layout.ts';
import { builtInFolder, createRenderer, readTemplates, withOverrides } from '../render/templates.ts';
import { invariant } from '../values/invariant.ts';
import { objectRef, type Kind, type ObjectRef } from '../values/object-ref.ts';
import { podPortFlags } from './flag-table.ts';
import type { PlanFlags } from './flags.ts';

/** A renderer with the built-in templates, or with those of `--templates` in their place. */
export const rendererOf = (flags: Pick<PlanFlags, 'templates'>): Renderer => {
  const builtIn = readTemplates(builtInFolder);
  if (flags.templates === undefined) return createRenderer(builtIn);
  const render = createRenderer(withOverrides(builtIn, readTemplates(flags.templates)));
  return (config) => {
    try {
      return render(config);
    } catch (error) {
      throw new Fault('template', `templates in ${flags.templates} do not print this configuration`, { cause: error });
    }
  };
};

const namedObject = (kind: Kind, text: string): ObjectRef => {
  const [namespace = '', name = ''] = text.split('/');
  return objectRef(kind, namespace, name);
};

/** What the installation is, besides flags: where its files are, and what its machine can. */
export interface InstallationFacts {
  readonly layout: Layout;
  readonly accessLog: string;
  readonly capabilities: PlanOptions['capabilities'];
  readonly render: Renderer;
}

type Named = Pick<
  PlanOptions,
  'configMap' | 'defaultBackendService' | 'defaultSslCertificate' | 'tcpServices' | 'udpServices'
>;

/** The objects that flags name. */
const namedBy = (flags: PlanFlags): Named => {
  const wanted: readonly (readonly [keyof Named, Kind, string | undefined])[] = [
    ['configMap', 'ConfigMap', flags.configmap],
    ['defaultBackendService', 'Service', flags.defaultBackendService],
    ['defaultSslCertificate', 'Secret', flags.defaultSslCertificate],
    ['tcpServices', 'ConfigMap', flags.tcpServicesConfigmap],
    ['udpServices', 'ConfigMap', flags.udpServicesConfigmap],
  ];
  return Object.fromEntries(
    wanted.flatMap(([name, kind, text]) => (text === undefined ? [] : [[name, namedObject(kind, text)]])),
  );
};

const selectorOf = (text: string): LabelSelector => {
  const selector = parseLabelSelector(text);
  invariant(selector.ok, 'the type of the flag took it');
  return selector.value;
};

/** Ports that processes of the Pod listen on besides those of clients; of commands without these flags the usual ones. */
const reservedPorts = ({ healthzPort, statusPort, validatingWebhook }: PlanFlags): readonly number[] => {
  const webhook = Number(validatingWebhook?.split(':').at(-1) ?? 0);
  const { 'healthz-port': health, 'status-port': status } = podPortFlags;
  return [healthzPort ?? Number(health.default), statusPort ?? Number(status.default), webhook];
};

/** Flags and facts as the options of `plan()`. */
export const planOptions = (flags: PlanFlags, facts: InstallationFacts): PlanOptions => ({
  classRules: {
    ingressClass: flags.ingressClass,
    controllerClass: flags.controllerClass,
    watchIngressWithoutClass: flags.watchIngressWithoutClass,
    ingressClassByName: flags.ingressClassByName,
  },
  annotationsPrefix: flags.annotationsPrefix,
  ports: {
    http: flags.httpPort,
    https: flags.httpsPort,
    publicHttp: flags.publicHttpPort ?? flags.httpPort,
    publicHttps: flags.publicHttpsPort ?? 443,
    passthrough: flags.enableSslPassthrough,
  },
  reservedPorts: reservedPorts(flags),
  disableCatchAll: flags.disableCatchAll,
  disableExternalNames: flags.disableSvcExternalName,
  securityMismatch: flags.securityMismatch,
  healthPath: flags.healthCheckPath,
  endpoints: flags.endpoints === 'reload' ? 'reload' : 'dns',
  setAside: new Map(),
  heldPorts: new Map(),
  ...facts,
  ...(flags.watchNamespace === undefined ? {} : { watchNamespace: flags.watchNamespace }),
  ...(flags.watchNamespaceSelector === undefined
    ? {}
    : { namespaceSelector: selectorOf(flags.watchNamespaceSelector) }),
  ...namedBy(flags),
});

/**
 * A folder of manifests seldom holds the IngressClass that its Ingresses name: where it is missing, the class named
 * `--ingress-class` is ours, and so are Ingresses without a class.
 */
export const asManifests = (state: ClusterState, rules: ClassRules): ClusterState => {
  const ref = objectRef('IngressClass', '', rules.ingressClass);
  if (state.classes.has(ref)) return state;
  const assumed: IngressClass = {
    ref,
    namespace: '',
    name: rules.ingressClass,
    createdAt: 0,
    annotations: {},
    labels: {},
    controller: rules.controllerClass,
  };
  return { ...state, classes: new Map([...state.classes, [ref, assumed]]) };
};

/** The class rules for manifests: Ingresses without a class are ours. */
export const manifestFlags = <Flags extends PlanFlags>(flags: Flags): Flags => ({
  ...flags,
  watchIngressWithoutClass: true,
});
