import { describe, expect, it } from 'vitest';
import { backendRequest } from './backend-request.ts';

describe('upstream-vhost', () => {
  it('is read in no time, whatever stands in it', () => {
    const begun = performance.now();
    const { type } = backendRequest.keys['upstream-vhost'];
    expect(type.parse(`${'$aaaaaaaaaaaa'.repeat(300)}!`).ok).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
