import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { serveOne, testConfig, wholeConfig } from '../support/throwaway-nginx.ts';

describe('the NGINX that was found', () => {
  it.each([
    ['upstream names resolved at run time', 'upstream u { zone u 64k; server a.test:80 resolve; }'],
    ['HTTP/2', 'server { listen unix:http.sock; http2 on; }'],
    ['a status page', 'server { listen unix:http.sock; location / { stub_status; } }'],
    [
      'trusted forwarded addresses',
      'set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For; real_ip_recursive on;',
    ],
    ['keep-alive that outlives a reload', 'keepalive_min_timeout 5s;'],
  ])('has %s', async (_, http) => {
    const verdict = await testConfig(wholeConfig(`resolver 127.0.0.1:53;\n${http}`));
    expect(verdict.output).not.toMatch(/\[(emerg|warn)\]/);
    expect(verdict.accepted).toBe(true);
  });
});

describe('an echo backend behind NGINX', () => {
  const echoes: Echo[] = [];

  beforeAll(async () => {
    const tls = await makeCertificate({ names: ['backend.test'] });
    for (const protocol of ['http', 'https', 'h2c', 'h2'] as const) {
      echoes.push(await startEcho({ name: protocol, protocol, tls }));
    }
  });

  afterAll(async () => {
    await Promise.all(echoes.map((echo) => echo.close()));
  });

  it('answers in each of its protocols', async () => {
    const passes = ['proxy_pass http', 'proxy_pass https', 'grpc_pass grpc', 'grpc_pass grpcs'];
    const server = echoes
      .map(({ name, address, port }, index) => `location /${name}/ { ${passes[index]}://${address}:${port}; }`)
      .join('\n');
    await serveOne({ http: '', server }, async (get) => {
      for (const { name } of echoes) {
        const answer = await get(`/${name}/x?status=201`);
        expect(answer.status).toBe(201);
        expect(JSON.parse(answer.body)).toMatchObject({ name, method: 'GET', url: `/${name}/x?status=201` });
      }
    });
  });
});
