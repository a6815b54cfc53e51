import { superviseNginx, type NginxSupervision } from '../../src/cli/supervisor.ts';

/** The supervisor of NGINX as a process of its own, so that a test can kill it. Its options come as JSON. */
const options = JSON.parse(process.argv[2] ?? '{}') as Omit<NginxSupervision, 'log'>;

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const nginx = superviseNginx({ ...options, log: silent });

for (const event of ['SIGTERM', 'disconnect']) process.once(event, () => void nginx.stop());

await nginx.ended;
if (process.connected) process.disconnect();
