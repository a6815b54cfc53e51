import { fail, ok, type Result } from '../values/result.ts';

/** One demand of a selector. */
interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'missing';
  readonly values: readonly string[];
}

/** Demands that labels have to meet, all of them. */
export type LabelSelector = readonly Requirement[];

const KEY = String.raw`[A-Za-z0-9]([-A-Za-z0-9_./]{0,315}[A-Za-z0-9])?`;
const VALUE = String.raw`([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?`;

const EQUALITY = new RegExp(`^(?<key>${KEY})\\s*(?<sign>==?|!=)\\s*(?<value>${VALUE})$`);
const MEMBERSHIP = new RegExp(`^(?<key>${KEY})\\s+(?<word>in|notin)\\s*\\((?<list>[^()]*)\\)$`);
const EXISTENCE = new RegExp(`^(?<not>!?)\\s*(?<key>${KEY})$`);

const valuesIn = (list: string): readonly string[] | undefined => {
  const values = list.split(',').map((value) => value.trim());
  return values.every((value) => new RegExp(`^${VALUE}$`).test(value)) ? values : undefined;
};

const readEquality = (text: string): Requirement | undefined => {
  const { key, sign, value = '' } = EQUALITY.exec(text)?.groups ?? {};
  return key === undefined ? undefined : { key, operator: sign === '!=' ? 'notin' : 'in', values: [value] };
};

const readMembership = (text: string): Requirement | undefined => {
  const { key, word, list = '' } = MEMBERSHIP.exec(text)?.groups ?? {};
  const values = valuesIn(list);
  if (key === undefined || values === undefined) return undefined;
  return { key, operator: word === 'in' ? 'in' : 'notin', values };
};

const readExistence = (text: string): Requirement | undefined => {
  const { key, not } = EXISTENCE.exec(text)?.groups ?? {};
  return key === undefined ? undefined : { key, operator: not === '!' ? 'missing' : 'exists', values: [] };
};

const readRequirement = (text: string): Requirement | undefined =>
  readEquality(text) ?? readMembership(text) ?? readExistence(text);

/** Reads what `kubectl --selector` takes, except comparisons of numbers; at least one demand. */
export const parseLabelSelector = (text: string): Result<LabelSelector> => {
  // A comma inside of parentheses is part of a list.
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const requirements = parts.map(readRequirement);
  const wrong = requirements.indexOf(undefined);
  if (wrong !== -1) return fail(`"${parts[wrong]}" is none of KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (VALUE,…)`);
  return ok(requirements.filter((requirement) => requirement !== undefined));
};

const meets = (labels: Readonly<Record<string, string>>, { key, operator, values }: Requirement): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'exists') return value !== undefined;
  if (operator === 'missing') return value === undefined;
  return (value !== undefined && values.includes(value)) === (operator === 'in');
};

/** Whether labels meet a selector. */
export const selects = (selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean =>
  selector.every((requirement) => meets(labels, requirement));
