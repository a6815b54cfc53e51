import { isIP } from 'node:net';

/** 4 or 6 for an IP address as Kubernetes writes it (no zone); `undefined` for any other text. */
export const ipFamily = (text: string): 4 | 6 | undefined => {
  const family = text.includes('%') ? 0 : isIP(text);
  return family === 4 || family === 6 ? family : undefined;
};
