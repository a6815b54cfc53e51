import { InvalidArgumentError, Option, type Command } from 'commander';

/** Flags that planning needs; the names and defaults are ingress-nginx's, those below the line are ours. */
export interface PlanFlags {
  readonly ingressClass: string;
  readonly controllerClass: string;
  readonly watchIngressWithoutClass: boolean;
  readonly ingressClassByName: boolean;
  readonly watchNamespace?: string;
  readonly configmap?: string;
  readonly defaultBackendService?: string;
  readonly defaultSslCertificate?: string;
  readonly tcpServicesConfigmap?: string;
  readonly udpServicesConfigmap?: string;
  readonly enableSslPassthrough?: boolean;
  readonly annotationsPrefix: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly publicHttpPort?: number;
  readonly publicHttpsPort?: number;
  readonly templates?: string;
  readonly endpoints: 'auto' | 'dns' | 'reload';
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
};

/** A TCP port. */
export const port = (text: string): number => {
  const value = wholeNumber(text);
  if (value < 1 || value > 65_535) throw new InvalidArgumentError('expected a port from 1 to 65535');
  return value;
};

/** A TCP port, or 0 for none. */
export const portOrNone = (text: string): number => (text === '0' ? 0 : port(text));

/** Go's boolean flags: `--flag`, `--flag=true`, `--flag=false`. */
const bool = (text: string): boolean => {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('expected true or false');
  return text === 'true';
};

const namespacedName = (text: string): string => {
  if (!/^[a-z0-9.-]{1,253}\/[a-z0-9.-]{1,253}$/.test(text)) throw new InvalidArgumentError('expected namespace/name');
  return text;
};

const dnsPrefix = (text: string): string => {
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text)) throw new InvalidArgumentError('expected a DNS name');
  return text;
};

const booleanFlag = (name: string, description: string): Option =>
  new Option(`${name} [bool]`, description).argParser(bool).preset('true').default(false);

const objectFlag = (name: string, description: string): Option =>
  new Option(`${name} <namespace/name>`, description).argParser(namespacedName);

const withObjects = (command: Command): Command =>
  command
    .addOption(objectFlag('--configmap', 'ConfigMap with global settings'))
    .addOption(objectFlag('--default-backend-service', 'Service for requests that nobody wants'))
    .addOption(objectFlag('--default-ssl-certificate', 'Secret for hosts without a certificate'))
    .addOption(objectFlag('--tcp-services-configmap', 'ConfigMap of TCP ports and their Services'))
    .addOption(objectFlag('--udp-services-configmap', 'ConfigMap of UDP ports and their Services'));

/** Adds the flags that say what to serve and how. */
export const withPlanFlags = (command: Command): Command =>
  withObjects(command)
    .addOption(
      new Option('--ingress-class <name>', 'value of the annotation kubernetes.io/ingress.class').default('nginx'),
    )
    .addOption(
      new Option('--controller-class <name>', 'spec.controller of our IngressClasses').default('k8s.io/ingress-nginx'),
    )
    .addOption(booleanFlag('--watch-ingress-without-class', 'also serve Ingresses without a class'))
    .addOption(booleanFlag('--ingress-class-by-name', 'also serve the IngressClass named --ingress-class'))
    .addOption(new Option('--watch-namespace <namespace>', 'serve one namespace only'))
    .addOption(booleanFlag('--enable-ssl-passthrough', 'pass on the TLS of hosts that ask for it'))
    .addOption(
      new Option('--annotations-prefix <prefix>', 'prefix of our annotations')
        .default('nginx.ingress.kubernetes.io')
        .argParser(dnsPrefix),
    )
    .addOption(new Option('--http-port <port>', 'port that NGINX listens on for HTTP').default(80).argParser(port))
    .addOption(new Option('--https-port <port>', 'port that NGINX listens on for HTTPS').default(443).argParser(port))
    .addOption(new Option('--public-http-port <port>', 'port that clients see for HTTP').argParser(port))
    .addOption(new Option('--public-https-port <port>', 'port that clients see for HTTPS').argParser(port))
    .addOption(new Option('--templates <dir>', 'folder with templates that replace ours by name'))
    .addOption(
      new Option('--endpoints <mode>', 'how NGINX learns about pods')
        .choices(['auto', 'dns', 'reload'])
        .default('auto'),
    );

/** Where controller and agent meet. */
export const stateDirOption = (): Option =>
  new Option('--state-dir <dir>', 'folder where controller and agent meet')
    .default('/run/portico')
    .argParser((text: string) => {
      if (!/^\/[A-Za-z0-9._/-]{1,80}$/.test(text))
        throw new InvalidArgumentError(
          'expected an absolute path of letters, digits and . _ - /, of at most 80 characters',
        );
      return text.replace(/\/+$/, '');
    });

/** klog's verbosity: 2 and more logs what changed. */
export const verbosityOption = (): Option =>
  new Option('--v <level>', 'verbosity of the log').default(0).argParser(wholeNumber);

/** Where the controller answers `/healthz`; 0 for nowhere. */
export const healthzPortOption = (): Option =>
  new Option('--healthz-port <port>', 'port of the health endpoint, 0 for none').default(10_254).argParser(portOrNone);

/** Where NGINX writes its access log. */
export const accessLogOption = (): Option =>
  new Option('--access-log <path>', 'file or device for the access log, or off')
    .default('/dev/stdout')
    .argParser((text: string) => {
      if (text !== 'off' && !/^\/[A-Za-z0-9._/-]+$/.test(text))
        throw new InvalidArgumentError('expected an absolute path, or off');
      return text;
    });
