import type { DirectiveSink, HttpDraft } from '../nginx/draft.ts';
import type { RouteFacts } from './define.ts';

/** What each key says in a block. */
export type KeyEmitters<Settings> = Readonly<Record<string, (settings: Settings, block: DirectiveSink) => void>>;

/** The hooks of keys that `http` says for everybody: a location inherits them, and says those that its Ingress wrote. */
export const inherited = <Settings>(emitters: KeyEmitters<Settings>) => ({
  emitHttp(settings: Settings, http: HttpDraft): void {
    for (const emit of Object.values(emitters)) emit(settings, http);
  },
  emitLocation(settings: Settings, location: DirectiveSink, { written }: Pick<RouteFacts, 'written'>): void {
    for (const [key, emit] of Object.entries(emitters)) if (written.has(key)) emit(settings, location);
  },
});
