/**
 * Aborts on SIGTERM and SIGINT, and when the process that started us with a channel is gone. Node as PID 1 ignores
 * SIGTERM without a listener. A second signal changes nothing: what is being stopped in order must not be cut off.
 */
export const endSignal = (): AbortSignal => {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  if (process.connected) process.once('disconnect', end);
  return controller.signal;
};
