import { describe, expect, it } from 'vitest';
import { localMain, resolverLines } from './local-config.ts';
import { layoutIn } from '../protocol/layout.ts';
import { parseOpenFiles } from './machine.ts';

describe('localMain', () => {
  const machine = { processors: 4, openFiles: 65_536, ipv6: true };
  it('names a user for the workers only where the master is root', () => {
    const { run } = layoutIn('/x');
    const others = [
      ['/x/run/local-processes.conf', 'worker_processes 4;\n'],
      ['/x/run/local-open-files.conf', 'worker_rlimit_nofile 65536;\n'],
    ];
    const [user, ...rest] = localMain(run, { ...machine, root: false }, new Map());
    expect(user).toEqual(['/x/run/local-user.conf', '']);
    expect(rest).toEqual(others);
    expect(localMain(run, { ...machine, root: true }, new Map())[0]).toEqual([
      '/x/run/local-user.conf',
      'user nobody root;\n',
    ]);
  });
  it('has a file for each optional part that loads what is not built in', () => {
    const { run } = layoutIn('/x');
    const load = new Map([['stream_module', '/a/b.so'] as const, ['otel_module', undefined] as const]);
    expect(localMain(run, { ...machine, root: false }, load).slice(0, 2)).toEqual([
      ['/x/run/modules/stream_module.conf', 'load_module "/a/b.so";\n'],
      ['/x/run/modules/otel_module.conf', ''],
    ]);
  });
});

describe('resolverLines', () => {
  it('lists 64 addresses over few ports, so that NGINX opens 64 sockets', () => {
    const lines = resolverLines([5001, 5002], 'off');
    expect(lines.match(/127\.0\.0\.1:5001/g)).toHaveLength(32);
    expect(lines.match(/127\.0\.0\.1:5002/g)).toHaveLength(32);
    expect(lines).toMatch(/^resolver [^;]+ ipv6=off;\nresolver_timeout 1s;\n$/);
  });
});

describe('parseOpenFiles', () => {
  it.each([
    ['the hard limit', 'Max open files            1024                 65536                files', 65_536],
    [
      'a bound where there is none',
      'Max open files            1024                 unlimited            files',
      1_048_576,
    ],
    [
      'a bound where it is huge',
      'Max open files            1024                 1073741816           files',
      1_048_576,
    ],
  ])('takes %s', (_, limits, expected) => {
    expect(parseOpenFiles(`Limit Soft Hard Units\n${limits}\n`)).toBe(expected);
  });
});
