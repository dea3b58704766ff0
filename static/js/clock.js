/** Milliseconds since 1970 that never jump, whatever happens to the machine's clock. */
export function now() {
  return performance.timeOrigin + performance.now();
}
