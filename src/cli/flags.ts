import { Option, type Command } from 'commander';
import { Fault } from '../problems/fault.ts';
import { acceptedFlags, type AcceptedFlag, type AcceptedGroup } from './accepted-flags.ts';
import { ownPlanningFlags, planningFlags, type FlagSpec, type FlagTable } from './flag-table.ts';
import { bool, type FlagType } from './flag-types.ts';

/** The values of the flags that planning needs. */
export interface PlanFlags {
  readonly ingressClass: string;
  readonly controllerClass: string;
  readonly watchIngressWithoutClass: boolean;
  readonly ingressClassByName: boolean;
  readonly watchNamespace?: string;
  readonly watchNamespaceSelector?: string;
  readonly configmap?: string;
  readonly defaultBackendService?: string;
  readonly defaultSslCertificate?: string;
  readonly tcpServicesConfigmap?: string;
  readonly udpServicesConfigmap?: string;
  readonly enableSslPassthrough: boolean;
  readonly disableCatchAll: boolean;
  readonly disableSvcExternalName: boolean;
  readonly annotationsPrefix: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly healthCheckPath: string;
  readonly healthzPort?: number;
  readonly statusPort?: number;
  readonly validatingWebhook?: string;
  readonly publicHttpPort?: number;
  readonly publicHttpsPort?: number;
  readonly templates?: string;
  readonly securityMismatch: 'close' | 'report';
  readonly endpoints: 'auto' | 'dns' | 'reload';
}

const formOf = (name: string, { label }: FlagType): string => {
  if (label === bool.label) return `--${name} [${label}]`;
  return name.length === 1 ? `-${name}, --${name} <${label}>` : `--${name} <${label}>`;
};

const withType = (option: Option, type: FlagType, whenEmpty: string): Option => {
  const read = (text: string): string | number | boolean =>
    text === '' && whenEmpty === '' ? '' : type.parse(text === '' ? whenEmpty : text);
  return (type.label === bool.label ? option.preset('true') : option).argParser(read);
};

/** A flag as an option of a command. An empty value means what leaving the flag out means. */
export const optionOf = (name: string, spec: FlagSpec): Option => {
  const option = withType(new Option(formOf(name, spec.type), spec.doc), spec.type, spec.default ?? '');
  return spec.default === undefined ? option : option.default(spec.type.parse(spec.default));
};

/** Adds the flags of a table. */
export const withFlags = (command: Command, table: FlagTable): Command => {
  for (const [name, spec] of Object.entries(table)) command.addOption(optionOf(name, spec));
  return command;
};

const acceptedOption = (name: string, { type }: AcceptedFlag): Option =>
  withType(new Option(formOf(name, type)), type, '').hideHelp();

/** Adds the flags that say what to serve and how, and those of ingress-nginx that have no effect. */
export const withPlanFlags = (command: Command): Command => {
  withFlags(withFlags(command, planningFlags), ownPlanningFlags);
  for (const { flags } of acceptedFlags)
    for (const [name, flag] of Object.entries(flags)) command.addOption(acceptedOption(name, flag));
  return command;
};

/** Why flags that were given have no effect. */
export interface Unheeded extends Pick<AcceptedGroup, 'verdict' | 'reason'> {
  readonly names: readonly string[];
}

/** Which of the flags have no effect, unless they ask for what happens anyway. */
export const unheededIn = (flags: object): readonly Unheeded[] => {
  const given = new Map(Object.entries<string | number | boolean>({ ...flags }));
  return acceptedFlags.flatMap(({ verdict, reason, flags: group }) => {
    const names = Object.entries(group).flatMap(([name, flag]) => {
      const value = given.get(acceptedOption(name, flag).attributeName());
      return value === undefined || String(value) === flag.asIs ? [] : [`--${name}`];
    });
    return names.length === 0 ? [] : [{ verdict, reason, names }];
  });
};

/** Flags that contradict each other, as in ingress-nginx. */
interface Contradictable {
  readonly watchNamespace?: string;
  readonly watchNamespaceSelector?: string;
  readonly publishService?: string;
  readonly publishStatusAddress?: string;
  readonly metricsPerHost?: boolean;
  readonly metricsPerUndefinedHost?: boolean;
}

const contradictionIn = (flags: Contradictable): string | undefined => {
  if (flags.watchNamespace !== undefined && flags.watchNamespaceSelector !== undefined)
    return '--watch-namespace and --watch-namespace-selector exclude each other: keep one';
  if (flags.publishService !== undefined && flags.publishStatusAddress !== undefined)
    return '--publish-service and --publish-status-address exclude each other: keep one';
  if (flags.metricsPerUndefinedHost === true && flags.metricsPerHost === false)
    return '--metrics-per-undefined-host needs --metrics-per-host';
  return undefined;
};

/** The flags as a command uses them: without empty ones; `Fault('usage')` where they contradict each other. */
export const settled = <Flags extends object>(given: Flags): Flags => {
  const flags = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')) as Flags;
  const contradiction = contradictionIn(flags);
  if (contradiction !== undefined) throw new Fault('usage', contradiction);
  return flags;
};
