/**
 * Wall-clock milliseconds since the epoch that a step of this machine's own clock cannot disturb. Every clock is
 * measured against this one, so that its own error cancels when two are compared.
 */
export const nowMs = (): number => performance.timeOrigin + performance.now();
