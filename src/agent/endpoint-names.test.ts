import { describe, expect, it } from 'vitest';
import { coldNames, findEndpointNames } from './endpoint-names.ts';
import { cpuMs } from '../../test/support/cpu-time.ts';

const config = `
upstream u1 { zone ups 32m; server p80.web.portico.internal:80 resolve max_fails=0; keepalive 32; }
upstream "u2" {
  server "p80.web.portico.internal:80" max_fails=0 resolve;
  server p81.web.portico.internal:81 resolve;
}
map $host $auth { default p443.auth.portico.internal; }
server { server_name p80.web.example.com; }
upstream fixed { server p9.fixed.portico.internal:9; }
`;

describe('findEndpointNames', () => {
  const names = findEndpointNames([config, 'server p7.stream.portico.internal:7 resolve;']);
  it('finds every name below our suffix', () => {
    const expected = ['p443.auth', 'p7.stream', 'p80.web', 'p81.web', 'p9.fixed'];
    expect([...names.all].toSorted()).toEqual(expected.map((name) => `${name}.portico.internal`));
  });

  it('finds the peers that NGINX keeps asking for, by upstream', () => {
    expect([...names.peers.keys()]).toEqual([
      'u1 p80.web.portico.internal',
      'u2 p80.web.portico.internal',
      'u2 p81.web.portico.internal',
      ' p7.stream.portico.internal',
    ]);
  });

  it('takes a name for cold when it is new, or when its upstream is', () => {
    const previous = findEndpointNames(['upstream u1 { server p80.web.portico.internal:80 resolve; }']);
    expect([...coldNames(findEndpointNames([config]), previous)]).toEqual([
      'p80.web.portico.internal',
      'p81.web.portico.internal',
    ]);
    expect([...coldNames(previous, findEndpointNames([config]))]).toEqual([]);
    expect(coldNames(previous, undefined).size).toBe(1);
  });

  it('waits for no name that only stands in the path of a tenant', () => {
    const path = String.raw`location "/\"upstream x { server p1.evil.portico.internal resolve;" { proxy_pass http://u1; }`;
    expect([...findEndpointNames([path + config]).peers.keys()]).toEqual([...names.peers.keys()].slice(0, 3));
  });

  it.each(['a', 'a.', 'server a', 'server '])('reads long paths of %j in no time', (text) => {
    const line = `location "/${text.repeat(2_000 / text.length)}" {}\n`;
    expect(cpuMs(() => findEndpointNames([line.repeat(1_000)]))).toBeLessThan(1_000);
  });
});
