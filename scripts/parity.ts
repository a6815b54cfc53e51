import { fileURLToPath } from 'node:url';
import { exitCodeOf, messageOf } from '../src/cli/exit-codes.ts';
import { runInside } from '../test/cluster/bed/inside.ts';
import { bringTools } from '../test/cluster/bed/tools.ts';
import { locateNginx } from './nginx.ts';

const RUN = fileURLToPath(new URL('../test/parity/run.ts', import.meta.url));

try {
  // Inside there is no way out to where programs are fetched from.
  process.env['NGINX_BINARY'] = await locateNginx();
  await bringTools();
  process.exitCode = await runInside([process.execPath, RUN, ...process.argv.slice(2)]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
