/** Milliseconds since 1970 that never jump, even when the machine's clock is set. */
export function now() {
  return performance.timeOrigin + performance.now();
}
