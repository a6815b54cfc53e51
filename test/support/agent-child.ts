import { runAgent, type AgentOptions } from '../../src/agent/agent.ts';

/** The agent as a process of its own, so that a test can kill it. Its options come as JSON; its log goes to stderr. */
const options = JSON.parse(process.argv[2] ?? '{}') as Omit<AgentOptions, 'log' | 'signal'>;

const write =
  (level: string) =>
  (message: string, fields: object = {}): void => {
    if (process.env['AGENT_LOG'] !== undefined) console.error(level, message, JSON.stringify(fields));
  };

const end = new AbortController();
for (const event of ['SIGTERM', 'disconnect']) process.once(event, () => end.abort());

await runAgent({
  ...options,
  log: { info: write('info'), warn: write('warn'), error: write('error') },
  signal: end.signal,
});
process.disconnect();
