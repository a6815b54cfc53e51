import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bedFolder } from './place.ts';

/** A long-lived program of the bed, started and killed as often as a test likes. */
export class Program {
  readonly #name: string;
  readonly #command: readonly [string, ...string[]];
  #child: ChildProcess | undefined;

  constructor(name: string, command: readonly [string, ...string[]]) {
    this.#name = name;
    this.#command = command;
  }

  /** Where it writes its log. */
  get log(): string {
    return join(bedFolder, `${this.#name}.log`);
  }

  start(): void {
    const log = openSync(this.log, 'a');
    const [command, ...args] = this.#command;
    this.#child = spawn(command, args, { stdio: ['ignore', log, log], cwd: bedFolder });
    closeSync(log);
  }

  /** Ends it, and resolves when it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Looks until a condition holds; an Error with the program's own last lines where it ends, or never gets there. */
  async reaches(condition: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await condition())) {
      const hasEnded = this.#child?.exitCode !== null;
      if (hasEnded || performance.now() > deadline) {
        const lines = (await readFile(this.log, 'utf8')).trimEnd().split('\n').slice(-5);
        throw new Error(`${this.#name} ${hasEnded ? 'ended' : 'is not ready'}:\n${lines.join('\n')}`);
      }
      await pause(50);
    }
  }
}
