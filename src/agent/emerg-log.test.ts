import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmergLog } from './emerg-log.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-emerg-'));
  path = join(folder, 'emerg.log');
});
afterEach(() => rm(folder, { recursive: true }));

const line = (text: string): string => `2026/11/21 03:00:09 [emerg] 7#7: ${text}\n`;

describe('EmergLog', () => {
  it('has no lines where NGINX never wrote any', async () => {
    const log = new EmergLog(path);
    await log.skip();
    expect(await log.lines()).toEqual([]);
  });

  it('gives the complete lines since it was told to skip', async () => {
    await writeFile(path, line('old'));
    const log = new EmergLog(path);
    await log.skip();
    await appendFile(path, `${line('new')}2026/11/21 03:00:09 [emerg] 7#7: half`);
    expect(await log.lines()).toEqual([{ level: 'emerg', pid: 7, text: 'new' }]);
    await appendFile(path, ' a line\n');
    expect((await log.lines()).map(({ text }) => text)).toEqual(['new', 'half a line']);
  });

  it('empties a log that grew large', async () => {
    await writeFile(path, line('x'.repeat(2_000)).repeat(600));
    const log = new EmergLog(path);
    await log.skip();
    expect((await stat(path)).size).toBe(0);
    await appendFile(path, line('new'));
    expect((await log.lines()).map(({ text }) => text)).toEqual(['new']);
  });
});
