import type { SnippetDirective } from '../nginx/snippet.ts';
import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { ParsedIngress } from './parse-ingress.ts';

/** What an Ingress says for everything that passes on bytes. */
export interface StreamSnippet {
  readonly origin: ObjectRef;
  readonly snippet: readonly SnippetDirective[];
}

/** The only one that a context may have several times, and that protects anything. */
const REPEATABLE = 'deny';

/** The snippets of all Ingresses, oldest first: what can be said once is that of the oldest. */
export const streamSnippets = (
  ingresses: readonly ParsedIngress[],
  prefix: string,
): { readonly snippets: readonly StreamSnippet[]; readonly problems: readonly Problem[] } => {
  const owners = new Map<string, ObjectRef>();
  const problems: Problem[] = [];
  const isTaken = ({ name }: SnippetDirective, origin: ObjectRef): boolean => {
    if (name === REPEATABLE) return false;
    const owner = owners.get(name) ?? origin;
    owners.set(name, owner);
    if (owner === origin) return false;
    problems.push({
      code: 'StreamSnippetConflict',
      subject: origin,
      field: ['metadata', 'annotations', `${prefix}/stream-snippet`],
      expected: 'directives that no older Ingress has in its stream-snippet',
      received: name,
      consequence: `leaving out the directive: that of ${owner} holds`,
    });
    return true;
  };
  const snippets = ingresses.flatMap(({ ingress, settings, closed }) => {
    const wanted = closed ? [] : (settings.snippets['stream-snippet'] ?? []);
    const snippet = wanted.filter((one) => !isTaken(one, ingress.ref));
    return snippet.length === 0 ? [] : [{ origin: ingress.ref, snippet }];
  });
  return { snippets, problems };
};
