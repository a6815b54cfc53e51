import { watch } from 'chokidar';
import type { Logger } from '../ops/logger.ts';
import type { Renderer } from '../plan/options.ts';
import { readTemplates } from '../render/templates.ts';
import { messageOf } from './exit-codes.ts';
import type { PlanFlags } from './flags.ts';
import { rendererOf } from './plan-options.ts';

const SETTLED_MS = 100;

/** The templates that print, and changed ones that nobody has tried yet. */
export interface Templates {
  readonly inForce: () => Renderer;
  /** Absent where the templates in force are the newest. */
  readonly offered: () => Renderer | undefined;
  /** An offer takes the place of the templates in force. */
  adopt(offer: Renderer): void;
  /** An offer is dropped, and people are told why; those in force stay. */
  refuse(offer: Renderer, why: string): void;
}

/**
 * The built-in templates, with those of `--templates` in their place, which are read again when they change. Changed ones
 * that break the law or do not print are refused at once. Throws `Fault('template')` where the first ones are bad.
 */
export const watchTemplates = (
  flags: Pick<PlanFlags, 'templates'>,
  context: { readonly log: Logger; readonly signal: AbortSignal; readonly onChange: () => void },
): Templates => {
  const { templates: folder } = flags;
  let latest = folder === undefined ? '' : textOf(folder);
  const offers = createOffers(rendererOf(flags), context.log);
  const read = (changed: string): void => {
    try {
      const text = textOf(changed);
      if (text === latest) return;
      latest = text;
      offers.offer(rendererOf(flags));
      context.onChange();
    } catch (error) {
      offers.reject(messageOf(error));
    }
  };
  if (folder !== undefined) follow(folder, context.signal, () => read(folder));
  return offers;
};

interface Offers extends Templates {
  offer(renderer: Renderer): void;
  /** What was read last is none: nothing is offered any more. */
  reject(why: string): void;
}

const createOffers = (first: Renderer, log: Logger): Offers => {
  let current = first;
  let offered: Renderer | undefined;
  const tell = (why: string): void => log.error('templates are refused, the last good ones stay', { error: why });
  const withdraw = (offer: Renderer): void => {
    // A newer offer may have come meanwhile.
    if (offered === offer) offered = undefined;
  };
  return {
    inForce: () => current,
    offered: () => offered,
    offer: (renderer) => void (offered = renderer),
    reject(why) {
      offered = undefined;
      tell(why);
    },
    adopt(offer) {
      current = offer;
      withdraw(offer);
      log.info('changed templates are in force');
    },
    refuse(offer, why) {
      withdraw(offer);
      tell(why);
    },
  };
};

const textOf = (folder: string): string => JSON.stringify([...readTemplates(folder)]);

/** Calls when a folder may have changed, once it is quiet for a moment: also when watching began, for what came before. */
const follow = (folder: string, signal: AbortSignal, changed: () => void): void => {
  let timer: NodeJS.Timeout | undefined;
  const note = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLED_MS);
  };
  const watcher = watch(folder, { ignoreInitial: true }).on('all', note).on('ready', note);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    void watcher.close();
  });
};
