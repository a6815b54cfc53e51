import {
  sameTexts,
  type PlannedSettings,
  type RefusedSetting,
  type RefusedSettings,
  type SettingTexts,
} from '../plan/refused-settings.ts';

/** Which of the texts that are new NGINX refuses: of the suspects it takes so many, the first ones, and not so many. */
interface Search {
  readonly asked: SettingTexts;
  readonly suspects: readonly string[];
  /** -1 while it is not known that NGINX takes the rest without any of them. */
  readonly taken: number;
  readonly refused: number;
  /** How many are planned as they are written. */
  readonly tried: number;
  /** What NGINX said when it refused last. */
  readonly reason: string;
}

/**
 * Texts of the ConfigMap that NGINX refuses. They are the operator's, so they wait for a correction instead of being
 * tried again; any change of any of them is a new beginning, because one may need what another says.
 */
export class SettingsAside {
  /** What NGINX took last. */
  #live: SettingTexts;
  /** Whether that was in the life of this program: another NGINX may have taken what one before it left. */
  #isProven = false;
  #convicted: RefusedSettings | undefined;
  #search: Search | undefined;
  /** Texts that were suspected in vain. */
  #innocent: SettingTexts | undefined;

  constructor(recalled: SettingTexts) {
    this.#live = recalled;
  }

  /** The texts that stand in the place of refused ones. */
  get live(): SettingTexts {
    return this.#live;
  }

  /** Whether what is planned serves to find out who is to blame. */
  get isSearching(): boolean {
    return this.#search !== undefined;
  }

  /** What is not to be planned as it is written. */
  get refused(): RefusedSettings | undefined {
    if (this.#search === undefined) return this.#convicted;
    const { asked, suspects, tried, reason } = this.#search;
    const withheld = suspects.slice(tried).map((key) => [key, this.#instead(asked, key, reason)] as const);
    return { asked, keys: new Map([...this.#known(asked), ...withheld]) };
  }

  /** A search that came to no end says nothing about another snapshot. */
  begin(): void {
    this.#search = undefined;
  }

  /** NGINX took these texts; says whether there is something else to plan. */
  accept({ used }: PlannedSettings): boolean {
    this.#live = used;
    this.#isProven = true;
    if (this.#search === undefined) return false;
    this.#continue({ ...this.#search, taken: this.#search.tried });
    return true;
  }

  /** NGINX refused lines of these keys; says whether there is something else to plan. */
  refuse({ asked, used }: PlannedSettings, blamed: ReadonlyMap<string, string>): boolean {
    const guilty = [...blamed].filter(([key]) => used[key] !== undefined);
    if (guilty.length === 0) return false;
    this.#search = undefined;
    this.#convict(
      asked,
      guilty.map(([key, reason]) => [
        key,
        used[key] === this.#live[key] ? { reason } : this.#instead(asked, key, reason),
      ]),
    );
    return true;
  }

  /** NGINX refused what names no new Ingress: suspects what is new here; says whether there is something else to plan. */
  suspect({ asked }: PlannedSettings, reason: string): boolean {
    if (this.#search === undefined) return this.#begin(asked, reason);
    if (this.#search.tried === 0) return this.#acquit(this.#search);
    this.#continue({ ...this.#search, refused: this.#search.tried, reason });
    return true;
  }

  #begin(asked: SettingTexts, reason: string): boolean {
    if (this.#innocent !== undefined && sameTexts(this.#innocent, asked)) return false;
    const known = this.#known(asked);
    const suspects = Object.keys(asked).filter((key) => asked[key] !== this.#live[key] && !known.has(key));
    if (suspects.length === 0) return this.#doubtsRecalled() && this.#begin(asked, reason);
    this.#search = { asked, suspects, taken: -1, refused: suspects.length, tried: 0, reason };
    return true;
  }

  /** Without the suspects it was refused too. */
  #acquit({ asked, reason }: Search): boolean {
    this.#search = undefined;
    if (this.#doubtsRecalled() && this.#begin(asked, reason)) return true;
    this.#innocent = asked;
    return true;
  }

  /** What an NGINX took before this program began, this one may refuse; says whether there was such. */
  #doubtsRecalled(): boolean {
    if (this.#isProven || Object.keys(this.#live).length === 0) return false;
    this.#live = {};
    this.#convicted = undefined;
    return true;
  }

  #continue(search: Search): void {
    const { asked, suspects, taken, refused, reason } = search;
    const culprit = suspects[refused - 1];
    if (refused - taken > 1 || culprit === undefined) {
      this.#search = { ...search, tried: Math.floor((taken + refused) / 2) };
      return;
    }
    this.#search = undefined;
    this.#convict(asked, [[culprit, this.#instead(asked, culprit, reason)]]);
  }

  #convict(asked: SettingTexts, guilty: readonly (readonly [key: string, found: RefusedSetting])[]): void {
    this.#convicted = { asked, keys: new Map([...this.#known(asked), ...guilty]) };
  }

  #known(asked: SettingTexts): RefusedSettings['keys'] {
    return this.#convicted !== undefined && sameTexts(this.#convicted.asked, asked) ? this.#convicted.keys : new Map();
  }

  #instead(asked: SettingTexts, key: string, reason: string): RefusedSetting {
    const live = this.#live[key];
    return live === undefined || live === asked[key] ? { reason } : { reason, instead: live };
  }
}
