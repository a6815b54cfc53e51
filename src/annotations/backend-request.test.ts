import { describe, expect, it } from 'vitest';
import { backendRequest } from './backend-request.ts';
import { cpuMs } from '../../test/support/cpu-time.ts';

describe('upstream-vhost', () => {
  it('is read in no time, whatever stands in it', () => {
    const { type } = backendRequest.keys['upstream-vhost'];
    const text = `${'$aaaaaaaaaaaa'.repeat(300)}!`;
    expect(cpuMs(() => expect(type.parse(text).ok).toBe(false))).toBeLessThan(1_000);
  });
});
