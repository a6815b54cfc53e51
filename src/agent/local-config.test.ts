import { describe, expect, it } from 'vitest';
import { localMain, resolverLines } from './local-config.ts';
import { parseOpenFiles } from './machine.ts';

describe('localMain', () => {
  const machine = { processors: 4, openFiles: 65_536, ipv6: true };
  it('names a user for the workers only where the master is root', () => {
    expect(localMain({ ...machine, root: false }, ['/a/b.so'])).toBe(
      'load_module "/a/b.so";\nworker_processes 4;\nworker_rlimit_nofile 65536;\n',
    );
    expect(localMain({ ...machine, root: true }, [])).toContain('\nuser nobody root;\n');
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
