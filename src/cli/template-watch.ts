import { watch } from 'chokidar';
import type { Logger } from '../ops/logger.ts';
import type { Renderer } from '../plan/options.ts';
import { messageOf } from './exit-codes.ts';
import type { PlanFlags } from './flags.ts';
import { rendererOf } from './plan-options.ts';

const SETTLED_MS = 100;

/**
 * The renderer in force. Templates of `--templates` are read again when they change; those that break the law or do not
 * print are reported, and the last good ones stay. Throws `Fault('template')` where the first ones are bad.
 */
export const watchTemplates = (
  flags: Pick<PlanFlags, 'templates'>,
  context: { readonly log: Logger; readonly signal: AbortSignal; readonly onChange: () => void },
): (() => Renderer) => {
  let renderer = rendererOf(flags);
  if (flags.templates === undefined) return () => renderer;
  const reload = (): void => {
    try {
      renderer = rendererOf(flags);
      context.onChange();
    } catch (error) {
      context.log.error('templates are refused, the last good ones stay', { error: messageOf(error) });
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(flags.templates, { ignoreInitial: true }).on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLED_MS);
  });
  context.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    void watcher.close();
  });
  return () => renderer;
};
