import type { DirectiveSink } from '../nginx/draft.ts';
import type { Expression } from '../nginx/expression.ts';
import { inWords, parseSecRules, type SecRules } from '../nginx/sec-rules.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily, whenOn, type CheckContext, type Finding, type SettingsOf } from './define.ts';
import { recommendedRules } from './recommended-rules.ts';
import { bool, type ValueType } from './value-types.ts';
import { parseHeaderText } from './variable-text.ts';

const isOff = (text: string): boolean => {
  const value = bool.parse(text.trim());
  return value.ok && !value.value;
};

const rules: ValueType<readonly SecRules[]> = {
  label: 'rules of ModSecurity',
  examples: ['SecRuleEngine On', 'SecRule ARGS "@contains <script" "id:1001,phase:2,deny,status:403"'],
  parse: parseSecRules,
};

/** The identifier of a request in the audit log; `text` is what was written. */
interface TransactionId {
  readonly text: string;
  readonly value: Expression;
}

const transactionId: ValueType<TransactionId> = {
  label: 'text and variables of one line each, such as $request_id',
  examples: ['$request_id', 'shop-$request_id'],
  format: ({ text }) => text,
  parse: (text) => {
    if (!/^[A-Za-z0-9_.:${}-]{1,200}$/.test(text)) return fail(transactionId.label);
    const value = parseHeaderText(text);
    return value.ok ? ok({ text, value: value.value }) : value;
  },
};

const common = { scope: 'location', risk: 'Low', onInvalid: 'close', compat: 'stricter' } as const;
const protects = (text: string): boolean => !isOff(text);

const keys = {
  'enable-modsecurity': {
    ...common,
    type: bool,
    source: 'annotation',
    protects,
    needs: whenOn('http_modsecurity_module'),
    doc: 'Whether ModSecurity reads the requests of the Ingress; false also where the ConfigMap says it for all. Without modsecurity-snippet it has the rules that ModSecurity recommends, which only detect and write to the log of the container, as JSON. Where NGINX lacks the module, the routes are closed.',
  },
  'modsecurity-everywhere': {
    ...common,
    configMapKey: 'enable-modsecurity',
    type: bool,
    default: false,
    source: 'configmap',
    scope: 'http',
    needs: whenOn('http_modsecurity_module'),
    doc: 'Whether ModSecurity reads all requests, except those of Ingresses that say otherwise. Where NGINX lacks the module, all routes are closed.',
  },
  'enable-owasp-core-rules': {
    ...common,
    type: bool,
    source: 'annotation',
    protects,
    doc: 'Adds the OWASP Core Rule Set, which has to be beside NGINX where Debian has it. Routes without ModSecurity, or where the rules are missing, are closed.',
  },
  'owasp-core-rules-everywhere': {
    ...common,
    configMapKey: 'enable-owasp-modsecurity-crs',
    type: bool,
    default: false,
    source: 'configmap',
    scope: 'http',
    doc: 'Adds the OWASP Core Rule Set wherever ModSecurity is on; where the rules are missing, these routes are closed.',
  },
  'modsecurity-snippet': {
    ...common,
    type: rules,
    isSnippet: true,
    source: 'both',
    risk: 'Critical',
    doc: 'Rules in place of the recommended ones. In an annotation it needs allow-snippet-annotations and annotations-risk-level Critical. Directives, operators and actions that read or write files, run programs or ask others are refused; Include takes the two files of ingress-nginx only, for the recommended rules and the Core Rule Set.',
  },
  'modsecurity-transaction-id': {
    ...common,
    type: transactionId,
    source: 'annotation',
    risk: 'High',
    onInvalid: 'default',
    compat: 'same',
    doc: 'The name of a request in the audit log.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

const isOn = (settings: Settings): boolean => settings['enable-modsecurity'] ?? settings['modsecurity-everywhere'];

/** Whether the Core Rule Set is among what the settings ask for. */
const wantsCoreRules = (settings: Settings): boolean =>
  settings['enable-owasp-core-rules'] === true ||
  settings['owasp-core-rules-everywhere'] ||
  settings['modsecurity-snippet']?.includes('crs') === true;

const missingRules = (key: string): Finding => ({
  key,
  code: 'SecurityModuleMissing',
  expected: 'an NGINX with the OWASP Core Rule Set',
  closes: true,
});

/** What is written and has no effect without ModSecurity. */
const askedKeys = (settings: Settings, written: ReadonlySet<string>): readonly string[] => [
  ...(settings['enable-owasp-core-rules'] === true ? ['enable-owasp-core-rules'] : []),
  ...(written.has('modsecurity-snippet') ? ['modsecurity-snippet'] : []),
];

/** What is wrong with the annotations of one Ingress. */
const annotationFindings = (settings: Settings, { written }: CheckContext, lacksRules: boolean): readonly Finding[] => {
  const asked = askedKeys(settings, written);
  if (!isOn(settings)) {
    const expected = 'enable-modsecurity: true beside it';
    return asked.map((key) => ({ key, code: 'InvalidSecurityAnnotation', expected, closes: true }));
  }
  // Where the ConfigMap alone asks for it, it is told there.
  const [asking] = written.has('enable-modsecurity') ? [...asked, 'enable-modsecurity'] : asked;
  return lacksRules && asking !== undefined ? [missingRules(asking)] : [];
};

const findings = (settings: Settings, context: CheckContext): readonly Finding[] => {
  const lacksRules = isOn(settings) && wantsCoreRules(settings) && !context.references.has('modsecurity_crs');
  if (context.invalid === 'InvalidAnnotation') return annotationFindings(settings, context, lacksRules);
  return lacksRules ? [missingRules('enable-owasp-modsecurity-crs')] : [];
};

interface RuleFiles {
  readonly references: { readonly ruleSet: string };
}

const addRules = (block: DirectiveSink, all: readonly SecRules[], { references }: RuleFiles): void => {
  const written = all.flatMap((one) => (one === 'recommended' ? recommendedRules.map((line) => [line]) : [one]));
  for (const one of inWords(written)) {
    if (one === 'crs') block.add('modsecurity_rules_file', references.ruleSet);
    else if (one !== 'recommended') block.add('modsecurity_rules', one);
  }
};

const withCoreRules = (all: readonly SecRules[], wanted: boolean): readonly SecRules[] =>
  wanted && !all.includes('crs') ? [...all, 'crs'] : all;

/** What a location has besides what `http` says. */
const ownRules = (settings: Settings, written: ReadonlySet<string>): readonly SecRules[] => {
  const asks = settings['enable-owasp-core-rules'] === true;
  const everywhere = settings['owasp-core-rules-everywhere'];
  const snippet = settings['modsecurity-snippet'];
  if (!settings['modsecurity-everywhere']) return withCoreRules(snippet ?? ['recommended'], asks || everywhere);
  const own = written.has('modsecurity-snippet') ? (snippet ?? []) : [];
  return withCoreRules(own, asks && !everywhere);
};

/** A firewall that reads requests, where NGINX has the module. */
export const modsecurity = defineFamily({
  name: 'modsecurity',
  summary: 'ModSecurity: a firewall that reads requests, where NGINX has the module.',
  keys,
  check: findings,
  emitHttp(settings, http, files) {
    if (!settings['modsecurity-everywhere']) return;
    const all = settings['modsecurity-snippet'] ?? ['recommended'];
    addRules(http, withCoreRules(all, settings['owasp-core-rules-everywhere']), files);
  },
  emitLocation(settings, location, { written, references }) {
    if (!isOn(settings)) return;
    const id = settings['modsecurity-transaction-id'];
    location.add('modsecurity', true);
    if (id !== undefined) location.add('modsecurity_transaction_id', id.value);
    addRules(location, ownRules(settings, written), { references });
  },
});
