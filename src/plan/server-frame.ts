import { eachFamily } from '../annotations/each-family.ts';
import { encode } from '../nginx/argument.ts';
import type { Statement } from '../nginx/directive.ts';
import { StatementList } from '../nginx/draft.ts';
import type { ServerBlock } from '../nginx/tree.ts';
import type { BuiltModel } from './build-model.ts';
import type { PlanOptions } from './options.ts';
import { serverListens } from './server-listens.ts';

/** What the installation says in each of its servers. */
const installationStatements = ({ globals }: BuiltModel, catchAll: boolean): readonly Statement[] => {
  const server = new StatementList();
  eachFamily(globals, (family, own) => family.emitEveryServer?.(own, server, { catchAll }));
  return server.inOrder();
};

/** What the installation says in every server of a kind: made once for thousands. */
export type ServerFrame = Pick<ServerBlock, 'listens' | 'statements' | 'catchAll'>;

/** `catchAll`: of the server of all other hosts, which also answers for the health of NGINX. */
export const serverFrame = (catchAll: boolean, built: BuiltModel, options: PlanOptions): ServerFrame => ({
  listens: serverListens(catchAll, { options, globals: built.globals }),
  statements: installationStatements(built, catchAll),
  ...(catchAll ? { catchAll: { healthPath: encode('ownPath', options.healthPath) } } : {}),
});
