import {
  sameTexts,
  type RefusedSnippet,
  type RefusedSnippets,
  type SnippetKey,
  type SnippetTexts,
} from '../plan/refused-snippets.ts';

const UNNAMED = 'NGINX refused it without naming a line, and took the rest';

/**
 * Snippets of the ConfigMap that NGINX refuses. They are the operator's, so they wait for a correction instead of being
 * tried again; any change of any of them is a new beginning, because one may need what another says.
 */
export class SnippetsAside {
  #live: SnippetTexts['used'] = {};
  #refused: RefusedSnippets | undefined;
  /** What was refused before a suspicion that is not proven yet. */
  #before: { readonly refused: RefusedSnippets | undefined } | undefined;
  /** Texts that were suspected in vain. */
  #innocent: SnippetTexts['asked'] | undefined;

  /** What is not to be planned as it is written. */
  get refused(): RefusedSnippets | undefined {
    return this.#refused;
  }

  /** NGINX can do something else than before: what it refused is tried again. */
  reconsider(): void {
    this.#refused = undefined;
    this.#before = undefined;
    this.#innocent = undefined;
  }

  /** NGINX took these texts. */
  accept({ used }: SnippetTexts): void {
    this.#live = used;
    this.#before = undefined;
  }

  /** NGINX refused lines of these keys; says whether there is something else to plan. */
  refuse({ asked, used }: SnippetTexts, blamed: ReadonlyMap<SnippetKey, string>): boolean {
    const guilty = [...blamed].filter(([key]) => used[key] !== undefined);
    this.#setAside({ asked, used }, guilty);
    return guilty.length > 0;
  }

  /** NGINX refused something without naming a line: suspects what is new; says whether there is something else to plan. */
  suspect({ asked, used }: SnippetTexts): boolean {
    if (this.#before !== undefined) return this.#acquit(asked);
    if (this.#innocent !== undefined && sameTexts(this.#innocent, asked)) return false;
    const keys = Object.keys(used) as SnippetKey[];
    const suspects = keys.filter((key) => used[key] !== this.#live[key]);
    if (suspects.length === 0) return false;
    this.#before = { refused: this.#refused };
    this.#setAside(
      { asked, used },
      suspects.map((key) => [key, UNNAMED] as const),
    );
    return true;
  }

  /** Without the suspects it was refused too. */
  #acquit(asked: SnippetTexts['asked']): boolean {
    this.#refused = this.#before?.refused;
    this.#before = undefined;
    this.#innocent = asked;
    return true;
  }

  #setAside({ asked, used }: SnippetTexts, guilty: readonly (readonly [key: SnippetKey, reason: string])[]): void {
    if (guilty.length === 0) return;
    const known = this.#refused !== undefined && sameTexts(this.#refused.asked, asked) ? this.#refused.keys : new Map();
    const added = guilty.map(([key, reason]): readonly [SnippetKey, RefusedSnippet] => {
      const live = this.#live[key];
      return [key, live === undefined || live === used[key] ? { reason } : { reason, instead: live }];
    });
    this.#refused = { asked, keys: new Map([...known, ...added]) };
  }
}
