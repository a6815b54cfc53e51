import { eachFamily } from '../annotations/each-family.ts';
import type { Settings } from '../annotations/index.ts';
import { encode } from '../nginx/argument.ts';
import { StatementList } from '../nginx/draft.ts';
import type { NginxConfig } from '../nginx/tree.ts';
import { globalLines, globalNames } from './global-snippets.ts';
import type { NginxModule } from '../values/nginx-module.ts';
import { hasPart, type PlanOptions } from './options.ts';

/** What stands outside of `http`; what the families leave open, the machine decides. */
export const compileMain = (
  globals: Settings,
  modules: readonly NginxModule[],
  { layout: { run }, capabilities }: PlanOptions,
): Pick<NginxConfig, 'main' | 'events'> => {
  const main = new StatementList();
  const events = new StatementList();
  const contexts = { main, events, hasPart: hasPart(capabilities) };
  eachFamily(globals, (family, own) => family.emitMain?.(own, contexts));
  const replaced = globalNames(globals, 'main-snippet');
  const directives = main.directives().filter(({ name }) => !replaced.has(name.text));
  const isOpen = (name: string): boolean => directives.every((one) => one.name.text !== name);
  const files = [
    ...modules.map((name) => `${run.modules}/${name}.conf`),
    run.localUser,
    ...(isOpen('worker_processes') ? [run.localProcesses] : []),
    ...(isOpen('worker_rlimit_nofile') ? [run.localOpenFiles] : []),
  ];
  return {
    main: {
      includes: files.map((path) => encode('file', path)),
      directives,
      statements: globalLines(globals, 'main-snippet'),
    },
    events: { directives: events.directives() },
  };
};
