import { encode, keyword, type Kind, type KindInput, type NginxArg } from './argument.ts';
import { directiveCatalogue, phases, type DirectiveName, type DirectiveSpec, type Phase } from './catalogue.ts';

/** One directive, ready to print. */
export interface Directive {
  readonly name: NginxArg;
  readonly args: readonly NginxArg[];
}

type Inputs<Kinds extends readonly Kind[]> = { [Index in keyof Kinds]: KindInput[Kinds[Index]] };
type RestOf<Spec> = Spec extends { readonly rest: infer K extends Kind } ? KindInput[K][] : [];

/** What a directive takes, by the kinds that the catalogue declares. */
export type DirectiveInput<Name extends DirectiveName> = [
  ...Inputs<(typeof directiveCatalogue)[Name]['args']>,
  ...RestOf<(typeof directiveCatalogue)[Name]>,
];

/** Thousands of locations say the same few. */
const directiveNames = new Map<string, NginxArg>(Object.keys(directiveCatalogue).map((name) => [name, keyword(name)]));

/** Encodes a directive by its declared kinds; throws `EncodingRefusal` where a value cannot be written. */
export const directive = <Name extends DirectiveName>(name: Name, ...values: DirectiveInput<Name>): Directive => {
  const spec: DirectiveSpec = directiveCatalogue[name];
  const args = (values as readonly KindInput[Kind][]).map((value, index) =>
    encode(spec.args[index] ?? spec.rest ?? 'keyword', value as never),
  );
  return { name: directiveNames.get(name) ?? keyword(name), args };
};

/** `if ($variable = "literal") { … }`: the only condition that Portico writes, with nothing but `return` inside. */
export interface Condition {
  readonly variable: NginxArg;
  readonly equals: NginxArg;
  readonly directives: readonly Directive[];
}

/** One statement of a block, with its place in the order. */
export type Statement = {
  readonly phase: Phase;
  /** The object that asked for it, where the block has several. */ readonly origin?: NginxArg;
} & (
  | { readonly directive: Directive }
  | { readonly condition: Condition }
  /** A line of a snippet, normalised by our lexer. */
  | { readonly line: NginxArg }
);

/** A directive in the place that the catalogue gives it. */
export const statement = (added: Directive, name: DirectiveName): Statement => ({
  phase: directiveCatalogue[name].phase,
  directive: added,
});

/** Of each directive that a block may have once, only the first. */
export const firstOfEach = (statements: readonly Statement[]): readonly Statement[] => {
  const names = new Set<string>();
  return statements.filter((one) => {
    if (!('directive' in one)) return true;
    const name = one.directive.name.text;
    const { repeatable }: DirectiveSpec = directiveCatalogue[name as DirectiveName];
    if (repeatable !== true && names.has(name)) return false;
    names.add(name);
    return true;
  });
};

/** A condition on the exact value of a variable. */
export const condition = (
  test: { readonly variable: string; readonly equals: string },
  directives: readonly Directive[],
): Condition => ({ variable: encode('variable', test.variable), equals: encode('complex', test.equals), directives });

const words = ({ name, args }: Directive): string => [name, ...args].map(({ text }) => text).join(' ');

/** A statement on one line: two that read the same do the same. */
export const statementText = (one: Statement): string => {
  if ('line' in one) return one.line.text;
  if ('directive' in one) return words(one.directive);
  const { variable, equals, directives } = one.condition;
  return `if (${variable.text} = ${equals.text}) { ${directives.map(words).join('; ')} }`;
};

const rank = new Map<Phase, number>(phases.map((phase, index) => [phase, index]));

/** Statements in the order of their phases; within a phase the order of adding stays. */
export const inPhaseOrder = (statements: readonly Statement[]): readonly Statement[] =>
  statements.toSorted((a, b) => (rank.get(a.phase) ?? 0) - (rank.get(b.phase) ?? 0));
