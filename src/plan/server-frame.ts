import { families, type Settings } from '../annotations/index.ts';
import type { Family } from '../annotations/define.ts';
import { encode, keyword } from '../nginx/argument.ts';
import type { Statement } from '../nginx/directive.ts';
import { StatementList } from '../nginx/draft.ts';
import type { HttpBlock, ServerBlock } from '../nginx/tree.ts';
import type { BuiltModel } from './build-model.ts';
import { passesTls, tlsSocket } from './compile-stream.ts';
import { listenHosts, listensAt, queueOptions } from './listen-hosts.ts';
import type { PlanOptions } from './options.ts';

const listens = (catchAll: boolean, { globals }: BuiltModel, options: PlanOptions): ServerBlock['listens'] => {
  const { served, refused } = listenHosts(options, globals);
  const byDefault = catchAll ? [keyword('default_server')] : [];
  const ofPort = catchAll && refused.length === 0 ? queueOptions(globals) : [];
  const tls = [keyword('ssl'), ...byDefault];
  return [
    ...listensAt(served, options.ports.http, [...byDefault, ...ofPort]),
    ...(passesTls(options)
      ? [{ address: tlsSocket(options), options: tls }]
      : listensAt(served, options.ports.https, [...tls, ...ofPort])),
  ];
};

/** Where connections are closed, because bind-address names other addresses; absent where all are served. */
export const compileElsewhere = (options: PlanOptions, { globals }: BuiltModel): HttpBlock['elsewhere'] => {
  const { refused } = listenHosts(options, globals);
  if (refused.length === 0) return undefined;
  const ofPort = [keyword('default_server'), ...queueOptions(globals)];
  return {
    listens: [
      ...listensAt(refused, options.ports.http, ofPort),
      ...(passesTls(options) ? [] : listensAt(refused, options.ports.https, [keyword('ssl'), ...ofPort])),
    ],
  };
};

/** What the installation says in each of its servers. */
const installationStatements = ({ globals }: BuiltModel, catchAll: boolean): readonly Statement[] => {
  const server = new StatementList();
  for (const family of families as readonly Family[])
    family.emitEveryServer?.(globals[family.name as keyof Settings], server, { catchAll });
  return server.inOrder();
};

/** What the installation says in every server of a kind: made once for thousands. */
export type ServerFrame = Pick<ServerBlock, 'listens' | 'statements' | 'catchAll'>;

/** `catchAll`: of the server of all other hosts, which also answers for the health of NGINX. */
export const serverFrame = (catchAll: boolean, built: BuiltModel, options: PlanOptions): ServerFrame => ({
  listens: listens(catchAll, built, options),
  statements: installationStatements(built, catchAll),
  ...(catchAll ? { catchAll: { healthPath: encode('ownPath', options.healthPath) } } : {}),
});
