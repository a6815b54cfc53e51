import type { Layout } from '../protocol/layout.ts';
import { BOOTSTRAP } from './generation-folders.ts';

/** What the bootstrap configuration depends on. */
export interface BootstrapFacts {
  readonly run: Layout['run'];
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly ipv6: boolean;
}

const TEMP_PATHS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Lines of `http` without which NGINX opens folders of its own, also for a test. */
export const tempPaths = (run: Layout['run']): string =>
  TEMP_PATHS.map((name) => `    ${name}_temp_path "${run.temp}/${name}";`).join('\n');

/** A configuration that answers 503, health and the agent's question, for as long as there is no other. */
export const bootstrapConfig = ({ run, httpPort, httpsPort, ipv6 }: BootstrapFacts): string => {
  const listen = (port: number, parameters: string): string =>
    [port, ...(ipv6 ? [`[::]:${port}`] : [])].map((address) => `listen ${address} ${parameters};`).join(' ');
  return `# Written by the agent: answers until the first generation of the controller is live.
pid "${run.pid}";
${[run.localUser, run.localProcesses, run.localOpenFiles].map((file) => `include "${file}";`).join('\n')}
error_log stderr warn;
error_log "${run.emergLog}" emerg;

events {
    worker_connections 512;
}

http {
    access_log off;
    server_tokens off;
    keepalive_timeout 0;
${tempPaths(run)}

    include "${run.localHttp}";
    server {
        ${listen(httpPort, 'default_server')}
        location = /healthz {
            return 200 "ok\\n";
        }
        location / {
            return 503;
        }
    }
    server {
        ${listen(httpsPort, 'ssl default_server')}
        ssl_reject_handshake on;
    }
    server {
        listen "unix:${run.verifySocket}";
        location = /generation {
            return 200 "${BOOTSTRAP}";
        }
    }
}
`;
};
